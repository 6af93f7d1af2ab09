import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.getlime.security.powerauth.lib.dataadapter.client.DataAdapterClient;
import io.getlime.security.powerauth.lib.dataadapter.client.DataAdapterClientErrorException;
import io.getlime.security.powerauth.lib.dataadapter.model.entity.*;
import io.getlime.security.powerauth.lib.dataadapter.model.enumeration.*;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.*;
import java.util.concurrent.Callable;

/**
 * Calls every method of the client 0.22 against the running example, well and badly, and prints a table. Ends with 1 if
 * an answer is another one than expected. Arguments: the adapter's address, the file of its outbox.
 */
public class Calls {
    private static final String USER = "12345678", RETAIL = "RETAIL";

    private static int wrong = 0;
    private static int calls = 0;

    public static void main(String[] args) throws Exception {
        DataAdapterClient client = new DataAdapterClient(args[0]);
        Path outbox = Path.of(args[1]);
        System.out.println("| method | call | answer |\n|---|---|---|");
        users(client);
        codes(client, outbox);
        operations(client);
        consents(client);
        System.out.println("\n" + calls + " calls, " + wrong + " answered otherwise than expected");
        System.exit(wrong == 0 ? 0 : 1);
    }

    private static void users(DataAdapterClient client) {
        call("lookupUser", "a user", "12345678 John", () -> {
            var user = client.lookupUser("user1234", RETAIL, payment()).getResponseObject();
            return user.getId() + " " + user.getGivenName();
        });
        call("lookupUser", "nobody, where that is hidden", "null",
            () -> client.lookupUser("nobody", RETAIL, operation("login_sca")).getResponseObject().getId());
        call("lookupUser", "nobody", "USER_NOT_FOUND login.userNotFound",
            () -> client.lookupUser("nobody", RETAIL, payment()));
        call("lookupUser", "no name", "INPUT_INVALID login.username.empty",
            () -> client.lookupUser("", RETAIL, payment()));
        call("lookupUser", "a core system that is down", "REMOTE_ERROR error.remote",
            () -> client.lookupUser("fails", RETAIL, payment()));
        call("authenticateUser", "the right password", "VERIFIED_SUCCEEDED null Doe", () -> {
            var answer = client.authenticateUser(USER, RETAIL, "s3cret", plain(), payment()).getResponseObject();
            return answer.getAuthenticationResult() + " " + answer.getErrorMessage() + " "
                + answer.getUserDetail().getFamilyName();
        });
        call("authenticateUser", "a wrong one", "VERIFIED_FAILED login.authenticationFailed null", () -> {
            var answer = client.authenticateUser(USER, RETAIL, "guess", plain(), payment()).getResponseObject();
            return answer.getAuthenticationResult() + " " + answer.getErrorMessage() + " " + answer.getUserDetail();
        });
        call("authenticateUser", "none", "INPUT_INVALID login.password.empty",
            () -> client.authenticateUser(USER, RETAIL, "", plain(), payment()));
        call("fetchUserDetail", "a user", "John Doe", () -> {
            var user = client.fetchUserDetail(USER, RETAIL).getResponseObject();
            return user.getGivenName() + " " + user.getFamilyName();
        });
        call("fetchUserDetail", "nobody", "USER_NOT_FOUND login.userNotFound",
            () -> client.fetchUserDetail("99999999", RETAIL));
    }

    private static void codes(DataAdapterClient client, Path outbox) {
        OperationContext payment = payment();
        String[] id = new String[1];
        call("createAuthorizationSms", "a payment", "SUCCEEDED null", () -> {
            var sms = client.createAuthorizationSms(USER, RETAIL, payment, "en", false).getResponseObject();
            id[0] = sms.getMessageId();
            return sms.getSmsDeliveryResult() + " " + sms.getErrorMessage();
        });
        call("createAuthorizationSms", "a number that cannot be reached", "FAILED null", () -> {
            var sms = client.createAuthorizationSms("30000001", RETAIL, payment(), "en", false).getResponseObject();
            return sms.getSmsDeliveryResult() + " " + sms.getErrorMessage();
        });
        call("createAuthorizationSms", "nobody", "SUCCEEDED null", () -> {
            var sms = client.createAuthorizationSms(null, null, operation("login_sca"), "en", false).getResponseObject();
            return sms.getSmsDeliveryResult() + " " + sms.getErrorMessage();
        });
        call("createAuthorizationSms", "an operation that is not known",
            "OPERATION_CONTEXT_INVALID error.invalidRequest",
            () -> client.createAuthorizationSms(USER, RETAIL, operation("buy_castle"), "en", false));
        call("verifyAuthorizationSms", "a wrong code", "VERIFIED_FAILED smsAuthorization.failed 4", () -> {
            var answer = client.verifyAuthorizationSms(id[0], "0", USER, RETAIL, payment).getResponseObject();
            return answer.getSmsAuthorizationResult() + " " + answer.getErrorMessage() + " "
                + answer.getRemainingAttempts();
        });
        call("verifyAuthorizationSms", "the right code", "VERIFIED_SUCCEEDED null", () -> {
            var answer = client.verifyAuthorizationSms(id[0], code(outbox, id[0]), USER, RETAIL, payment)
                .getResponseObject();
            return answer.getSmsAuthorizationResult() + " " + answer.getErrorMessage();
        });
        call("verifyAuthorizationSms", "no operation", "INPUT_INVALID login.authenticationFailed",
            () -> client.verifyAuthorizationSms(id[0], "0", USER, RETAIL, null));
        OperationContext login = operation("login");
        String[] second = new String[1];
        call("createAuthorizationSms", "a login", "SUCCEEDED null", () -> {
            var sms = client.createAuthorizationSms(USER, RETAIL, login, "cs", true).getResponseObject();
            second[0] = sms.getMessageId();
            return sms.getSmsDeliveryResult() + " " + sms.getErrorMessage();
        });
        call("verifyAuthorizationSmsAndPassword", "a wrong password",
            "VERIFIED_SUCCEEDED VERIFIED_FAILED login.authenticationFailed",
            () -> both(client, second[0], code(outbox, second[0]), "guess", login));
        call("verifyAuthorizationSmsAndPassword", "both right", "VERIFIED_SUCCEEDED VERIFIED_SUCCEEDED null",
            () -> both(client, second[0], code(outbox, second[0]), "s3cret", login));
        call("verifyAuthorizationSmsAndPassword", "no operation", "INPUT_INVALID login.authenticationFailed",
            () -> both(client, second[0], "0", "s3cret", null));
    }

    private static String both(DataAdapterClient client, String id, String code, String password,
                               OperationContext operation) throws Exception {
        var answer = client.verifyAuthorizationSmsAndPassword(id, code, USER, RETAIL, password, plain(), operation)
            .getResponseObject();
        return answer.getSmsAuthorizationResult() + " " + answer.getUserAuthenticationResult() + " "
            + answer.getErrorMessage();
    }

    private static void operations(DataAdapterClient client) {
        call("decorateOperationFormData", "a payment", "4 attributes, 100 CZK", () -> {
            var form = client.decorateOperationFormData(USER, RETAIL, payment()).getResponseObject().getFormData();
            return form.getParameters().size() + " attributes, " + form.getAmount().getAmount() + " "
                + form.getAmount().getCurrency();
        });
        call("decorateOperationFormData", "nobody", "USER_NOT_FOUND login.userNotFound",
            () -> client.decorateOperationFormData("99999999", RETAIL, payment()));
        BankAccountChoice choice = new BankAccountChoice();
        choice.setBankAccountId("CZ4012340000000012345678");
        call("formDataChangedNotification", "an account", "OK",
            () -> client.formDataChangedNotification(choice, USER, RETAIL, payment()).getStatus());
        call("formDataChangedNotification", "nothing", "INPUT_INVALID login.authenticationFailed",
            () -> client.formDataChangedNotification(null, USER, RETAIL, payment()));
        call("operationChangedNotification", "done", "OK",
            () -> client.operationChangedNotification(OperationChange.DONE, USER, RETAIL, payment()).getStatus());
        call("operationChangedNotification", "nothing", "INPUT_INVALID login.authenticationFailed",
            () -> client.operationChangedNotification(null, USER, RETAIL, payment()));
    }

    private static void consents(DataAdapterClient client) {
        call("initConsentForm", "a payment", "true", () -> String.valueOf(
            client.initConsentForm(USER, RETAIL, payment()).getResponseObject().getShouldDisplayConsentForm()));
        call("initConsentForm", "no user", "INPUT_INVALID login.authenticationFailed",
            () -> client.initConsentForm(null, RETAIL, payment()));
        List<ConsentOption> options = new ArrayList<>();
        call("createConsentForm", "a payment", "[CONSENT_INIT, CONSENT_PAYMENT]", () -> {
            options.addAll(client.createConsentForm(USER, RETAIL, payment(), "en").getResponseObject().getOptions());
            return options.stream().map(ConsentOption::getId).toList().toString();
        });
        call("createConsentForm", "an operation that is not known", "OPERATION_CONTEXT_INVALID error.invalidRequest",
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
        call("validateConsentForm", "other options", "CONSENT_DATA_INVALID consent.invalidRequest", () -> client.validateConsentForm(USER,
            RETAIL, payment(), "en", List.of(new ConsentOption("CONSENT_OTHER", "", true))));
        call("saveConsentForm", "all ticked", "true", () -> String.valueOf(
            client.saveConsentForm(USER, RETAIL, payment(), options).getResponseObject().isSaveSucceeded()));
        call("saveConsentForm", "other options", "CONSENT_DATA_INVALID consent.invalidRequest", () -> client.saveConsentForm(USER, RETAIL,
            payment(), List.of(new ConsentOption("CONSENT_OTHER", "", true))));
    }

    private static OperationContext operation(String name) {
        return new OperationContext(UUID.randomUUID().toString(), name, "A2", new FormData(), null);
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
            form, null);
    }

    private static AuthenticationContext plain() {
        AuthenticationContext context = new AuthenticationContext();
        context.setPasswordProtection(PasswordProtectionType.NO_PROTECTION);
        context.setCipherTransformation("");
        return context;
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
            answer = error.getError().getCode() + " " + error.getError().getMessage();
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
