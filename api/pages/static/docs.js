// Starts the API's documentation from the description named in the page.

const root = document.getElementById("swagger");
window.SwaggerUIBundle({ url: root.dataset.url, domNode: root, deepLinking: true, validatorUrl: null });
