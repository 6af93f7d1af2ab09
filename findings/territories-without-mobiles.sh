#!/bin/sh
# Territories that share a country code, and a list of countries to which messages may be sent.
#
# One would guess: the mobile number that the phone library itself gives as the example of a territory belongs to that territory, so a
#   list with "AX" allows the mobiles of the Åland Islands.
# What happens: the library attributes the example mobiles of these territories to a neighbour that has the same country code: nobody's number
#   is ever found to be in AX, BL, CC, CX, EH, MF, SJ or VA (nor this one in IM). TA has no example at all.
# Who is hurt: whoever allows codes by region: the entry does nothing, customers there get no code, and who adds the neighbour to help
#   them allows a whole country.
# Source: the library's own metadata (`example_number_for_type`, `region_code_for_number`); its FAQ on regions that share a calling code.
# Seen with: phonenumbers 9.0.43 (the Python port of libphonenumber 9.0.43).
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv env
env/bin/pip -q --disable-pip-version-check install phonenumbers==9.0.43
cat > check.py <<'PY'
import phonenumbers as p
for region in sorted(p.SUPPORTED_REGIONS):
    example = p.example_number_for_type(region, p.PhoneNumberType.MOBILE)
    found = p.region_code_for_number(example) if example else None
    if found != region:
        print(region, found)
PY
env/bin/python check.py > seen
cat seen
cat > expected <<'TXT'
AX FI
BL GP
CC AU
CX AU
EH MA
IM GB
MF GP
SJ NO
TA None
VA IT
TXT
cmp seen expected
