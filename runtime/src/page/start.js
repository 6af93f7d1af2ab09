// Shows the document that stands beside this page.
window.ui = SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#page",
  deepLinking: true,
  displayRequestDuration: true,
  docExpansion: "list",
  // No document is sent anywhere to be judged.
  validatorUrl: null,
  onComplete: () => {
    document.title = window.ui.specSelectors.info().get("title", "API");
  },
});
