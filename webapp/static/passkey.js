/* Passkeys: asks the browser to make one or to sign with one, and sends what it says with the form. */
(function () {
  "use strict";
  if (!window.PublicKeyCredential || !navigator.credentials) return;

  function bytes(text) {
    var plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, function (letter) { return letter.charCodeAt(0); });
  }
  function letters(buffer) {
    var plain = String.fromCharCode.apply(null, new Uint8Array(buffer));
    return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }
  function readable(options) {
    options.challenge = bytes(options.challenge);
    if (options.user) options.user.id = bytes(options.user.id);
    ["excludeCredentials", "allowCredentials"].forEach(function (list) {
      (options[list] || []).forEach(function (one) { one.id = bytes(one.id); });
    });
    return options;
  }
  function sent(made) {
    var answer = { clientDataJSON: letters(made.response.clientDataJSON) };
    ["attestationObject", "authenticatorData", "signature", "userHandle"].forEach(function (part) {
      if (made.response[part]) answer[part] = letters(made.response[part]);
    });
    return JSON.stringify({
      id: made.id, rawId: letters(made.rawId), type: made.type, response: answer,
      clientExtensionResults: {}, authenticatorAttachment: made.authenticatorAttachment || undefined
    });
  }
  function run(button) {
    var form = button.form, words = form.querySelector("[data-passkey-words]");
    words.hidden = true;
    fetch(button.dataset.options, {
      method: "POST", credentials: "same-origin",
      headers: { "X-CSRFToken": form.elements.csrf_token.value }
    }).then(function (answer) {
      if (!answer.ok || answer.redirected) throw new Error("no options");
      return answer.json();
    }).then(function (options) {
      var asked = { publicKey: readable(options) };
      return button.dataset.passkey === "make" ? navigator.credentials.create(asked) : navigator.credentials.get(asked);
    }).then(function (made) {
      form.elements.passkey.value = sent(made);
      form.submit();
    }).catch(function () { words.hidden = false; });
  }
  document.querySelectorAll("[data-passkey]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () {
      if (button.form.reportValidity()) run(button);
    });
  });
})();
