import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.getlime.security.powerauth.lib.dataadapter.client.DataAdapterClient;
import io.getlime.security.powerauth.lib.dataadapter.client.DataAdapterClientErrorException;
import io.getlime.security.powerauth.lib.dataadapter.model.entity.*;
import io.getlime.security.powerauth.lib.dataadapter.model.enumeration.*;
import io.getlime.security.powerauth.lib.dataadapter.model.request.AfsRequestParameters;
import io.getlime.security.powerauth.lib.nextstep.model.enumeration.*;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.*;
import java.util.concurrent.Callable;

/**
 * Calls every method of the client 1.x against the running example, well and badly, and prints a table. Ends with 1 if
 * an answer is another one than expected. Arguments: the adapter's address, the file of its outbox.
 */
public class Calls {
    private static final String USER = "12345678", RETAIL = "RETAIL";
    private static final String CERTIFICATE = "-----BEGIN CERTIFICATE-----\nam9obg==\n-----END CERTIFICATE-----";

    private static int wrong = 0;
    private static int calls = 0;

    public static void main(String[] args) throws Exception {
        DataAdapterClient client = new DataAdapterClient(args[0]);
        Path outbox = Path.of(args[1]);
        System.out.println("| method | call | answer |\n|---|---|---|");
        users(client);
        codes(client, outbox);
        methods(client);
        operations(client);
        consents(client);
        System.out.println("\n" + calls + " calls, " + wrong + " answered otherwise than expected");
        System.exit(wrong == 0 ? 0 : 1);
    }

    private static void users(DataAdapterClient client) {
        call("lookupUser", "a user", "12345678 John ACTIVE {}", () -> {
            var user = client.lookupUser("user1234", RETAIL, null, payment()).getResponseObject();
            return user.getId() + " " + user.getGivenName() + " " + user.getAccountStatus() + " " + user.getExtras();
        });
        call("lookupUser", "an account that is not active", "30000004 NOT_ACTIVE", () -> {
            var user = client.lookupUser("inactive", RETAIL, null, payment()).getResponseObject();
            return user.getId() + " " + user.getAccountStatus();
        });
        call("lookupUser", "a certificate", "12345678 ACTIVE", () -> {
            var user = client.lookupUser(null, RETAIL, CERTIFICATE, payment()).getResponseObject();
            return user.getId() + " " + user.getAccountStatus();
        });
        call("lookupUser", "nobody, where that is hidden", "null null", () -> {
            var user = client.lookupUser("nobody", RETAIL, null, operation("login_sca")).getResponseObject();
            return user.getId() + " " + user.getAccountStatus();
        });
        call("lookupUser", "nobody", "DATA_ADAPTER_CLIENT_ERROR",
            () -> client.lookupUser("nobody", RETAIL, null, payment()));
        call("lookupUser", "no name", "DATA_ADAPTER_CLIENT_ERROR",
            () -> client.lookupUser(null, RETAIL, null, payment()));
        call("lookupUser", "a core system that is down", "DATA_ADAPTER_CLIENT_ERROR",
            () -> client.lookupUser("fails", RETAIL, null, payment()));
        call("authenticateUser", "the right password", "SUCCEEDED null ACTIVE", () -> password(client, USER, "s3cret"));
        call("authenticateUser", "a wrong one", "FAILED login.authenticationFailed null",
            () -> password(client, USER, "guess"));
        call("authenticateUser", "an account that is not active", "FAILED login.authenticationBlocked null",
            () -> password(client, "30000004", "s3cret"));
        call("authenticateUser", "none", "DATA_ADAPTER_CLIENT_ERROR", () -> password(client, USER, null));
        call("fetchUserDetail", "a user", "John Doe ACTIVE", () -> {
            var user = client.fetchUserDetail(USER, RETAIL).getResponseObject();
            return user.getGivenName() + " " + user.getFamilyName() + " " + user.getAccountStatus();
        });
        call("fetchUserDetail", "nobody", "DATA_ADAPTER_CLIENT_ERROR", () -> client.fetchUserDetail("99999999", RETAIL));
    }

    private static String password(DataAdapterClient client, String user, String password) throws Exception {
        var answer = client.authenticateUser(user, RETAIL, password, plain(), payment()).getResponseObject();
        return answer.getAuthenticationResult() + " " + answer.getErrorMessage() + " " + answer.getAccountStatus();
    }

    private static void codes(DataAdapterClient client, Path outbox) {
        AccountStatus active = AccountStatus.ACTIVE;
        OperationContext payment = payment();
        String[] id = new String[1];
        call("createAndSendAuthorizationSms", "a payment", "SUCCEEDED null", () -> {
            var sms = client.createAndSendAuthorizationSms(USER, RETAIL, List.of(contact()), active, AuthMethod.SMS_KEY,
                payment, "en", false).getResponseObject();
            id[0] = sms.getMessageId();
            return sms.getSmsDeliveryResult() + " " + sms.getErrorMessage();
        });
        call("createAndSendAuthorizationSms", "a number that cannot be reached",
            "FAILED smsAuthorization.deliveryFailed", () -> {
                var sms = client.createAndSendAuthorizationSms("30000001", RETAIL, null, active, AuthMethod.SMS_KEY,
                    payment(), "en", false).getResponseObject();
                return sms.getSmsDeliveryResult() + " " + sms.getErrorMessage();
            });
        call("createAndSendAuthorizationSms", "no user", "DATA_ADAPTER_CLIENT_ERROR",
            () -> client.createAndSendAuthorizationSms(null, RETAIL, null, active, AuthMethod.SMS_KEY, payment(), "en",
                false));
        call("verifyAuthorizationSms", "a wrong code", "FAILED smsAuthorization.failed 4", () -> {
            var answer = client.verifyAuthorizationSms(id[0], "0", USER, RETAIL, active, payment).getResponseObject();
            return answer.getSmsAuthorizationResult() + " " + answer.getErrorMessage() + " "
                + answer.getRemainingAttempts();
        });
        call("verifyAuthorizationSms", "an account that is not active", "SKIPPED login.authenticationFailed", () -> {
            var answer = client.verifyAuthorizationSms(id[0], code(outbox, id[0]), USER, RETAIL,
                AccountStatus.NOT_ACTIVE, payment).getResponseObject();
            return answer.getSmsAuthorizationResult() + " " + answer.getErrorMessage();
        });
        call("verifyAuthorizationSms", "the right code", "SUCCEEDED null", () -> {
            var answer = client.verifyAuthorizationSms(id[0], code(outbox, id[0]), USER, RETAIL, active, payment)
                .getResponseObject();
            return answer.getSmsAuthorizationResult() + " " + answer.getErrorMessage();
        });
        call("verifyAuthorizationSms", "the same once more", "FAILED smsAuthorization.alreadyVerified", () -> {
            var answer = client.verifyAuthorizationSms(id[0], code(outbox, id[0]), USER, RETAIL, active, payment)
                .getResponseObject();
            return answer.getSmsAuthorizationResult() + " " + answer.getErrorMessage();
        });
        OperationContext login = operation("login");
        String[] second = new String[1];
        call("createAndSendAuthorizationSms", "a login", "SUCCEEDED null", () -> {
            var sms = client.createAndSendAuthorizationSms(USER, RETAIL, null, active, AuthMethod.LOGIN_SCA, login, "cs",
                false).getResponseObject();
            second[0] = sms.getMessageId();
            return sms.getSmsDeliveryResult() + " " + sms.getErrorMessage();
        });
        call("verifyAuthorizationSmsAndPassword", "a wrong password", "SUCCEEDED FAILED login.authenticationFailed null",
            () -> both(client, second[0], code(outbox, second[0]), "guess", active, login));
        call("verifyAuthorizationSmsAndPassword", "an account that is not active",
            "SKIPPED SKIPPED login.authenticationFailed null",
            () -> both(client, second[0], code(outbox, second[0]), "s3cret", AccountStatus.NOT_ACTIVE, login));
        call("verifyAuthorizationSmsAndPassword", "both right", "SUCCEEDED SUCCEEDED null ACTIVE",
            () -> both(client, second[0], code(outbox, second[0]), "s3cret", active, login));
        String message = UUID.randomUUID().toString();
        call("sendAuthorizationSms", "the caller's code", "the same id, SUCCEEDED null, sent as 24681357", () -> {
            var sms = client.sendAuthorizationSms(USER, RETAIL, List.of(contact()), active, AuthMethod.SMS_KEY,
                payment(), message, "24681357", "en", false).getResponseObject();
            String same = message.equals(sms.getMessageId()) ? "the same id" : sms.getMessageId();
            return same + ", " + sms.getSmsDeliveryResult() + " " + sms.getErrorMessage() + ", sent as "
                + code(outbox, message);
        });
        call("sendAuthorizationSms", "no code", "DATA_ADAPTER_CLIENT_ERROR",
            () -> client.sendAuthorizationSms(USER, RETAIL, null, active, AuthMethod.SMS_KEY, payment(), message, null,
                "en", false));
    }

    private static String both(DataAdapterClient client, String id, String code, String password, AccountStatus status,
                               OperationContext operation) throws Exception {
        var answer = client.verifyAuthorizationSmsAndPassword(id, code, USER, RETAIL, status, password, plain(),
            operation).getResponseObject();
        return answer.getSmsAuthorizationResult() + " " + answer.getUserAuthenticationResult() + " "
            + answer.getErrorMessage() + " " + answer.getAccountStatus();
    }

    private static void methods(DataAdapterClient client) {
        call("initAuthMethod", "a method with certificates", "ENABLED null A1*A100CZK*Q238400856/0300", () -> {
            var answer = client.initAuthMethod(USER, RETAIL, AuthMethod.APPROVAL_SCA, payment()).getResponseObject();
            return answer.getCertificateAuthenticationMode() + " " + answer.getCertificateVerificationUrl() + " "
                + answer.getOperationDataExternal();
        });
        call("initAuthMethod", "no method", "DATA_ADAPTER_CLIENT_ERROR",
            () -> client.initAuthMethod(USER, RETAIL, null, payment()));
        call("verifyCertificate", "the user's", "SUCCEEDED null",
            () -> certificate(client, "c2lnbmVkIGJ5IGpvaG4=", AccountStatus.ACTIVE));
        call("verifyCertificate", "another signature", "FAILED login.authenticationFailed",
            () -> certificate(client, "Zm9yZ2Vk", AccountStatus.ACTIVE));
        call("verifyCertificate", "an account that is not active", "SKIPPED login.authenticationFailed",
            () -> certificate(client, "c2lnbmVkIGJ5IGpvaG4=", AccountStatus.NOT_ACTIVE));
        call("verifyCertificate", "no operation", "DATA_ADAPTER_CLIENT_ERROR",
            () -> client.verifyCertificate(USER, RETAIL, CERTIFICATE, "", AuthInstrument.CLIENT_CERTIFICATE,
                AuthMethod.APPROVAL_SCA, AccountStatus.ACTIVE, null));
        call("executeAfsAction", "a small payment", "true 1FA true false {}",
            () -> afs(client, payment(), AfsAction.APPROVAL_INIT));
        call("executeAfsAction", "a login", "false 2FA true true {}",
            () -> afs(client, operation("login"), AfsAction.LOGIN_INIT));
        call("executeAfsAction", "the end of a session", "false null true true {}",
            () -> afs(client, operation("login"), AfsAction.LOGOUT));
        call("executeAfsAction", "no action", "DATA_ADAPTER_CLIENT_ERROR", () -> afs(client, payment(), null));
    }

    private static String certificate(DataAdapterClient client, String signed, AccountStatus status) throws Exception {
        var answer = client.verifyCertificate(USER, RETAIL, CERTIFICATE, signed, AuthInstrument.CLIENT_CERTIFICATE,
            AuthMethod.APPROVAL_SCA, status, payment()).getResponseObject();
        return answer.getCertificateVerificationResult() + " " + answer.getErrorMessage();
    }

    private static String afs(DataAdapterClient client, OperationContext operation, AfsAction action) throws Exception {
        var parameters = new AfsRequestParameters(AfsType.THREAT_MARK, action, "192.0.2.1", 1, "user1234",
            List.of(AfsAuthInstrument.OTP_KEY), AuthStepResult.CONFIRMED, null);
        var answer = client.executeAfsAction(USER, RETAIL, operation, parameters, Map.of("device", "phone"))
            .getResponseObject();
        return answer.isAfsResponseApplied() + " " + answer.getAfsLabel() + " "
            + answer.getAuthStepOptions().isSmsOtpRequired() + " " + answer.getAuthStepOptions().isPasswordRequired()
            + " " + answer.getExtras();
    }

    private static void operations(DataAdapterClient client) {
        call("createImplicitLoginOperation", "one scope", "login_sca login.title DEMO [pisp]", () -> {
            var answer = client.createImplicitLoginOperation("DEMO", new String[] {"PISP"}).getResponseObject();
            return answer.getName() + " " + answer.getFormData().getTitle().getId() + " "
                + answer.getApplicationContext().getId() + " " + answer.getApplicationContext().getOriginalScopes();
        });
        call("createImplicitLoginOperation", "two scopes", "DATA_ADAPTER_CLIENT_ERROR",
            () -> client.createImplicitLoginOperation("DEMO", new String[] {"PISP", "AISP"}));
        call("getPAOperationMapping", "a payment, as it is", "authorize_payment authorize_payment 3 attributes", () -> {
            var answer = client.getPAOperationMapping(USER, RETAIL, AuthMethod.POWERAUTH_TOKEN, payment())
                .getResponseObject();
            return answer.getTemplateName() + " " + answer.getOperationName() + " "
                + answer.getFormData().getParameters().size() + " attributes";
        });
        call("getPAOperationMapping", "the login of a payment", "login login A2 login.title", () -> {
            var answer = client.getPAOperationMapping(USER, RETAIL, AuthMethod.LOGIN_SCA,
                operation("authorize_payment_sca")).getResponseObject();
            return answer.getTemplateName() + " " + answer.getOperationName() + " " + answer.getOperationData() + " "
                + answer.getFormData().getTitle().getId();
        });
        call("getPAOperationMapping", "no operation", "DATA_ADAPTER_CLIENT_ERROR",
            () -> client.getPAOperationMapping(USER, RETAIL, AuthMethod.LOGIN_SCA, null));
        call("decorateOperationFormData", "a payment", "4 attributes, 100 CZK", () -> {
            var form = client.decorateOperationFormData(USER, RETAIL, AuthMethod.SMS_KEY, payment()).getResponseObject()
                .getFormData();
            return form.getParameters().size() + " attributes, " + form.getAmount().getAmount() + " "
                + form.getAmount().getCurrency();
        });
        call("decorateOperationFormData", "nobody", "DATA_ADAPTER_CLIENT_ERROR",
            () -> client.decorateOperationFormData("99999999", RETAIL, AuthMethod.SMS_KEY, payment()));
        BankAccountChoice choice = new BankAccountChoice();
        choice.setBankAccountId("CZ4012340000000012345678");
        call("formDataChangedNotification", "an account", "OK",
            () -> client.formDataChangedNotification(choice, USER, RETAIL, payment()).getStatus());
        call("formDataChangedNotification", "nothing", "DATA_ADAPTER_CLIENT_ERROR",
            () -> client.formDataChangedNotification(null, USER, RETAIL, payment()));
        call("operationChangedNotification", "done", "OK",
            () -> client.operationChangedNotification(OperationChange.DONE, USER, RETAIL, payment()).getStatus());
        call("operationChangedNotification", "nothing", "DATA_ADAPTER_CLIENT_ERROR",
            () -> client.operationChangedNotification(null, USER, RETAIL, payment()));
    }

    private static void consents(DataAdapterClient client) {
        call("initConsentForm", "a payment", "true", () -> String.valueOf(
            client.initConsentForm(USER, RETAIL, payment()).getResponseObject().getShouldDisplayConsentForm()));
        call("initConsentForm", "no user", "DATA_ADAPTER_CLIENT_ERROR",
            () -> client.initConsentForm(null, RETAIL, payment()));
        List<ConsentOption> options = new ArrayList<>();
        call("createConsentForm", "a payment", "[CONSENT_INIT, CONSENT_PAYMENT]", () -> {
            options.addAll(client.createConsentForm(USER, RETAIL, payment(), "en").getResponseObject().getOptions());
            return options.stream().map(ConsentOption::getId).toList().toString();
        });
        call("createConsentForm", "an operation that is not known", "DATA_ADAPTER_CLIENT_ERROR",
            () -> client.createConsentForm(USER, RETAIL, operation("buy_castle"), "en"));
        call("validateConsentForm", "nothing ticked", "false 2 results", () -> {
            var answer = client.validateConsentForm(USER, RETAIL, payment(), "en", options).getResponseObject();
            return answer.getConsentValidationPassed() + " " + answer.getOptionValidationResults().size() + " results";
        });
        call("validateConsentForm", "all ticked", "true", () -> {
            options.forEach(option -> option.setValue(ConsentOptionValue.CHECKED));
            return String.valueOf(client.validateConsentForm(USER, RETAIL, payment(), "en", options).getResponseObject()
                .getConsentValidationPassed());
        });
        call("validateConsentForm", "other options", "DATA_ADAPTER_CLIENT_ERROR", () -> client.validateConsentForm(USER,
            RETAIL, payment(), "en", List.of(new ConsentOption("CONSENT_OTHER", "", true))));
        call("saveConsentForm", "all ticked", "true", () -> String.valueOf(
            client.saveConsentForm(USER, RETAIL, payment(), options).getResponseObject().isSaveSucceeded()));
        call("saveConsentForm", "other options", "DATA_ADAPTER_CLIENT_ERROR", () -> client.saveConsentForm(USER, RETAIL,
            payment(), List.of(new ConsentOption("CONSENT_OTHER", "", true))));
    }

    private static OperationContext operation(String name) {
        return new OperationContext(UUID.randomUUID().toString(), name, "A2", null, new FormData(), null);
    }

    private static OperationContext payment() {
        FormData form = new FormData();
        form.addTitle("operation.title").setMessage("Confirm Payment");
        form.addGreeting("operation.greeting").setMessage("Hello");
        form.addSummary("operation.summary").setMessage("Hello");
        form.addAmount("operation.amount", new BigDecimal("100"), "operation.currency", "CZK");
        form.addKeyValue("operation.account", "238400856/0300");
        form.addNote("operation.note", "Utility Bill Payment - 05/2019");
        return new OperationContext(UUID.randomUUID().toString(), "authorize_payment", "A1*A100CZK*Q238400856/0300",
            "bank-4711", form, null);
    }

    private static AuthenticationContext plain() {
        AuthenticationContext context = new AuthenticationContext();
        context.setPasswordProtection(PasswordProtectionType.NO_PROTECTION);
        context.setCipherTransformation("");
        return context;
    }

    private static UserContact contact() {
        UserContact contact = new UserContact();
        contact.setContactName("mobile");
        contact.setContactType(UserContact.Type.PHONE);
        contact.setContactValue("+420601234567");
        contact.setPrimary(true);
        contact.setTimestampCreated(new Date());
        return contact;
    }

    private static String code(Path outbox, String id) throws Exception {
        ObjectMapper json = new ObjectMapper();
        for (String line : Files.readAllLines(outbox)) {
            JsonNode sms = json.readTree(line);
            if (sms.get("id").asText().equals(id)) {
                return sms.get("code").asText();
            }
        }
        return "not sent";
    }

    private static void call(String method, String what, String expected, Callable<?> call) {
        String answer;
        try {
            answer = String.valueOf(call.call());
        } catch (DataAdapterClientErrorException error) {
            answer = error.getError().getCode();
        } catch (Exception error) {
            answer = error.toString();
        }
        calls++;
        boolean good = answer.equals(expected);
        if (!good) {
            wrong++;
        }
        System.out.println("| `" + method + "` | " + what + " | " + answer + (good ? "" : " **expected " + expected + "**")
            + " |");
    }
}
