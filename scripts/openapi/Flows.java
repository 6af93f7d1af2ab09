import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Completes the flows of `flows.json` with a client that openapi-generator wrote in Java: every request goes through the
 * client's own classes, every answer comes out of them. {@code java Flows FLOWS.json NAME OPENAPI.json URL OUTBOX API-CLASS
 * CREDENTIAL}; ends with 1 if an answer is another one than expected.
 */
public final class Flows {
    private static final ObjectMapper JSON = client.ApiClient.createDefaultObjectMapper();
    private final Map<String, String> kept = new HashMap<>();
    private final JsonNode document;
    private final Path outbox;
    private final Object api;
    private String authorization;

    private Flows(JsonNode document, String url, Path outbox, String type, String credential) throws Exception {
        this.document = document;
        this.outbox = outbox;
        this.authorization = credential;
        var to = new client.ApiClient();
        to.updateBaseUri(url);
        to.setRequestInterceptor(this::authorize);
        this.api = Class.forName(type).getConstructor(client.ApiClient.class).newInstance(to);
    }

    private void authorize(HttpRequest.Builder request) {
        if (!authorization.isEmpty()) {
            request.setHeader("Authorization", authorization);
        }
    }

    public static void main(String[] arguments) throws Exception {
        var document = new ObjectMapper().readTree(Path.of(arguments[2]).toFile());
        var flows = new Flows(document, arguments[3], Path.of(arguments[4]), arguments[5], arguments[6]);
        int calls = 0;
        int wrong = 0;
        for (JsonNode step : new ObjectMapper().readTree(Path.of(arguments[0]).toFile()).get(arguments[1])) {
            calls++;
            List<String> misses = flows.run(step);
            misses.forEach(miss -> System.out.println(step.get("call").asText() + ": " + miss));
            wrong += misses.isEmpty() ? 0 : 1;
        }
        System.out.println("Java, " + arguments[1] + ": " + calls + " calls, " + wrong + " unexpected");
        System.exit(wrong == 0 && calls > 0 ? 0 : 1);
    }

    private List<String> run(JsonNode step) throws Exception {
        if (step.has("bearer")) {
            authorization = "Bearer " + kept.get(step.get("bearer").asText());
        }
        JsonNode answer;
        try {
            answer = JSON.valueToTree(call(step));
        } catch (InvocationTargetException error) {
            if (error.getCause() instanceof client.ApiException refused) {
                boolean meant = step.path("refused").asInt() == refused.getCode();
                return meant ? List.of() : List.of("answers " + refused.getCode() + " " + refused.getResponseBody());
            }
            throw error;
        }
        if (step.has("refused")) {
            return List.of("is not refused: " + answer);
        }
        step.path("keep").properties().forEach(one -> kept.put(one.getKey(), answer.at(one.getValue().asText()).asText()));
        var misses = new ArrayList<String>();
        step.path("expect").properties().forEach(one -> {
            JsonNode found = answer.at(one.getKey());
            if (!found.asText().equals(one.getValue().asText())) {
                misses.add(one.getKey() + " is " + found + " in " + answer);
            }
        });
        return misses;
    }

    /** Calls the method of the operation; what it takes is read by the client's own classes. */
    private Object call(JsonNode step) throws Exception {
        String name = camel(step.get("call").asText());
        Method method = Arrays.stream(api.getClass().getMethods())
            .filter(one -> one.getName().equals(name))
            .min((one, other) -> one.getParameterCount() - other.getParameterCount())
            .orElseThrow();
        var given = new ArrayList<Object>();
        var parameters = new ArrayList<String>();
        step.path("parameters").forEach(one -> parameters.add(one.asText()));
        for (Class<?> type : method.getParameterTypes()) {
            boolean isBody = !type.isEnum() && type != String.class;
            if (isBody) {
                given.add(JSON.treeToValue(body(step), type));
            } else if (parameters.isEmpty()) {
                given.add(type == String.class ? "en" : null);
            } else {
                String value = parameters.remove(0);
                String text = value.startsWith("$") ? kept.get(value.substring(1)) : value;
                given.add(JSON.treeToValue(TextNode.valueOf(text), type));
            }
        }
        return method.invoke(api, given.toArray());
    }

    private JsonNode body(JsonNode step) throws Exception {
        JsonNode body = example(step.get("call").asText(), step.get("example").asText()).deepCopy();
        for (var one : step.path("with").properties()) {
            put(body, one.getKey(), one.getValue().asText());
        }
        for (var one : step.path("set").properties()) {
            String value = one.getValue().asText();
            put(body, one.getKey(), value.equals("code") ? code() : kept.get(value));
        }
        return body;
    }

    private static void put(JsonNode body, String pointer, String text) {
        int last = pointer.lastIndexOf('/');
        ((ObjectNode) body.at(pointer.substring(0, last))).put(pointer.substring(last + 1), text);
    }

    private JsonNode example(String operation, String name) {
        for (JsonNode path : document.get("paths")) {
            for (JsonNode one : path) {
                if (one.path("operationId").asText().equals(operation)) {
                    JsonNode shown = one.at("/requestBody/content/application~1json/examples").path(name);
                    return (shown.isMissingNode() ? one.path("x-examples").path(name) : shown).get("value");
                }
            }
        }
        throw new IllegalArgumentException(operation);
    }

    /** The code of the last message. */
    private String code() throws Exception {
        List<String> lines = Files.readAllLines(outbox);
        return new ObjectMapper().readTree(lines.get(lines.size() - 1)).get("code").asText();
    }

    private static String camel(String name) {
        var text = new StringBuilder();
        for (String word : name.split("_")) {
            text.append(text.isEmpty() ? word : Character.toUpperCase(word.charAt(0)) + word.substring(1));
        }
        return text.toString();
    }
}
