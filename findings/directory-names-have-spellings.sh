#!/bin/sh
# A user directory (LDAP) and the name under which somebody signs in.
#
# One would guess: a search for (uid=NAME) finds an entry only if NAME is its uid, so that failed attempts may be counted by the
#   name that was typed; and (telephoneNumber=NUMBER) finds a number only as it was written.
# What happens: `uid` is compared by caseIgnoreMatch: letters of either case, blanks around it and several blanks for one are all
#   the same user. `telephoneNumber` is compared by telephoneNumberMatch: blanks and hyphens, here also brackets and full stops,
#   do not count, while the answer holds the number as it was written. `00` for `+` is another number.
# Who is hurt: whoever locks a user after five failures *of the typed name*: each spelling has five of its own. Whoever
#   compares the number that was found with the one that was asked for.
# Source: RFC 4517, sections 4.2.11 and 4.2.29; RFC 4519, sections 2.35 and 2.39.
# Seen with: UnboundID LDAP SDK 7.0.3 (its in-memory directory server) on Java 17.
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
cat > pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>finding</groupId><artifactId>finding</artifactId><version>1</version><dependencies><dependency>
<groupId>com.unboundid</groupId><artifactId>unboundid-ldapsdk</artifactId><version>7.0.3</version>
</dependency></dependencies></project>
XML
mvn -q -B dependency:copy-dependencies -DoutputDirectory=lib >/dev/null
cat > Seen.java <<'JAVA'
import com.unboundid.ldap.listener.*;
import com.unboundid.ldap.sdk.*;
public class Seen {
    static InMemoryDirectoryServer directory;
    static void ask(String attribute, String... values) throws Exception {
        for (String value : values) {
            Filter filter = Filter.createEqualityFilter(attribute, value);
            SearchResult found = directory.search("dc=bank,dc=example", SearchScope.SUB, filter);
            String held = found.getEntryCount() == 0 ? "nobody" : found.getSearchEntries().get(0).getAttributeValue(attribute);
            System.out.println(attribute + " [" + value + "] -> " + held);
        }
    }
    public static void main(String[] none) throws Exception {
        directory = new InMemoryDirectoryServer(new InMemoryDirectoryServerConfig("dc=bank,dc=example"));
        directory.add("dn: dc=bank,dc=example", "objectClass: domain", "dc: bank");
        directory.add("dn: uid=jane roe,dc=bank,dc=example", "objectClass: inetOrgPerson", "uid: jane roe", "cn: Jane",
            "sn: Roe", "telephoneNumber: +46 73 123 45 67");
        ask("uid", "jane roe", "JANE Roe", " jane roe ", "jane   roe", "janeroe");
        ask("telephoneNumber", "+46731234567", "+46-73-1234567", "+46 (73) 1234567", "+46.73.1234567", "0046731234567");
    }
}
JAVA
javac -cp 'lib/*' Seen.java
java -cp 'lib/*:.' Seen > seen
cat seen
cat > expected <<'TXT'
uid [jane roe] -> jane roe
uid [JANE Roe] -> jane roe
uid [ jane roe ] -> jane roe
uid [jane   roe] -> jane roe
uid [janeroe] -> nobody
telephoneNumber [+46731234567] -> +46 73 123 45 67
telephoneNumber [+46-73-1234567] -> +46 73 123 45 67
telephoneNumber [+46 (73) 1234567] -> +46 73 123 45 67
telephoneNumber [+46.73.1234567] -> +46 73 123 45 67
telephoneNumber [0046731234567] -> nobody
TXT
cmp seen expected
