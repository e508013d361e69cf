// The pages of accounts. Opening one changes nothing; a button sends what its link brought. Foreign text is only ever set
// as text.

const byId = (id) => document.getElementById(id);
const formOf = (step) => document.querySelector(`form[data-step="${step}"]`);

/** What stands behind the # of the address is taken out of it at once, so that it is not copied along with it. */
function takeGiven(name) {
  const given = new URLSearchParams(location.hash.slice(1)).get(name);
  if (given !== null) history.replaceState(null, "", location.pathname + location.search);
  return given;
}

function say(text, { wrong = false, link } = {}) {
  const status = byId("status");
  status.classList.toggle("wrong", wrong);
  status.textContent = text;
  if (link) {
    const anchor = Object.assign(document.createElement("a"), { href: link.href, textContent: link.text });
    status.append(" ", anchor);
  }
  status.focus();
}

/** Says what was wrong, and marks the field that it was wrong with. */
function complain(form, problem, status) {
  const faults = problem.errors ?? [];
  for (const input of form.elements) input.removeAttribute?.("aria-invalid");
  const marked = faults.map(({ pointer }) => form.elements.namedItem(pointer.slice(1))).filter(Boolean);
  const words = faults.length > 0 ? faults.map(({ detail }) => detail).join(" ") : problem.detail;
  say(words ?? `The server answered ${status}.`, { wrong: true });
  for (const input of marked) input.setAttribute("aria-invalid", "true");
  marked[0]?.focus();
}

async function send(method, path, body) {
  const init = { method, headers: body ? { "content-type": "application/json" } : {} };
  return globalThis.fetch(path, body ? { ...init, body: JSON.stringify(body) } : init);
}

/** Shows a form and sends it; `done` says what came of it. */
function offer(step, { path, body, done }) {
  const form = formOf(step);
  form.hidden = false;
  form.querySelector("input:not([hidden]), button").focus();
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    say("One moment…");
    try {
      const fields = Object.fromEntries(new FormData(form));
      const response = await send("POST", path, body?.(fields));
      const answer = await response.json().catch(() => ({}));
      if (response.ok) {
        form.hidden = true;
        byId("lead")?.remove();
        done(answer);
      } else complain(form, answer, response.status);
    } catch {
      say("The server cannot be reached.", { wrong: true });
    } finally {
      button.disabled = false;
    }
  });
}

const signIn = { href: "/sign-in", text: "Sign in" };
const auth = "/api/store/auth";

function withToken(step, path, { body, done, missing }) {
  const token = takeGiven("token");
  if (token === null) return missing();
  offer(step, { path: `${auth}/${path}`, body: (fields) => ({ token, ...body(fields) }), done });
}

const incomplete = () =>
  say("The link is not whole: open it from the letter, or from where it was printed.", { wrong: true });

const pages = {
  "/setup": () =>
    withToken("setup", "setup-owner", {
      body: ({ name, email, password }) => ({ name, email, password }),
      done: ({ user }) => say(`Welcome, ${user.name}. You are the owner, and signed in.`),
      missing: incomplete,
    }),
  "/account/verify": () =>
    withToken("verify", "verify-email", {
      body: () => ({}),
      done: () => say("The address is confirmed.", { link: signIn }),
      missing: incomplete,
    }),
  "/account/reset": () =>
    withToken("reset", "reset-password", {
      body: ({ password }) => ({ password }),
      done: () => say("The new password is set.", { link: signIn }),
      missing: () =>
        offer("request-reset", {
          path: `${auth}/request-password-reset`,
          body: ({ email }) => ({ email }),
          done: () => say("If there is an account with this address, a letter with a link is on its way."),
        }),
    }),
  "/account/invitation": () => {
    const invitation = takeGiven("invitation");
    if (invitation === null) return incomplete();
    offer("invitation", {
      path: `${auth}/invitations/${encodeURIComponent(invitation)}/accept`,
      done: ({ name }) => say(`You belong to ${name} now.`),
    });
  },
  "/sign-in": async () => {
    const { user } = await (await send("GET", `${auth}/session`)).json();
    if (user) {
      say(`You are signed in as ${user.name}.`);
      return offer("sign-out", { path: `${auth}/sign-out`, done: () => say("You are signed out.", { link: signIn }) });
    }
    offer("sign-in", {
      path: `${auth}/sign-in`,
      body: ({ email, password }) => ({ email, password }),
      done: (answer) => say(`Welcome, ${answer.user.name}. You are signed in.`),
    });
  },
};

void pages[location.pathname.replace(/\/+$/, "")]?.();
