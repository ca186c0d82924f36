// A certified OpenID Provider on loopback, for tests. Reads one JSON object from standard input
// (see tests/support/oidc_provider.py), prints "ready <issuer>" and runs until it is ended.

import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { appendFileSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

const asked = JSON.parse(readFileSync(0, 'utf8'));

function escaped(value) {
  const names = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return String(value).replace(/[&<>"']/g, (character) => names[character]);
}

// The package's own pages name a font on another host; these name nothing.
function page(title, body) {
  return `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>${escaped(title)}</title></head>
<body>
<h1>${escaped(title)}</h1>
${body}
</body>
</html>`;
}

function loginPage(hint) {
  return page('Sign in', `<form method="post">
  <label>Login <input name="login" value="${escaped(hint ?? '')}" autofocus></label>
  <button name="decision" value="sign_in">Sign in</button>
  <button name="decision" value="cancel">Cancel</button>
</form>`);
}

function consentPage(clientId, scope) {
  return page('Allow access', `<p>${escaped(clientId)} asks for: ${escaped(scope)}</p>
<form method="post">
  <button name="decision" value="allow">Allow</button>
  <button name="decision" value="cancel">Cancel</button>
</form>`);
}

function claimsOf(login) {
  if (Object.hasOwn(asked.accounts, login)) return { sub: login, ...asked.accounts[login] };
  if (!login.includes('@')) return { sub: login };
  return {
    sub: login,
    email: login,
    email_verified: true,
    name: 'User with an email address',
    preferred_username: login,
  };
}

function signingKey() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), use: 'sig', alg: 'RS256' };
}

function settings() {
  const { features = {}, ...rest } = asked.configuration;
  return {
    clients: asked.clients,
    jwks: { keys: [signingKey()] },
    cookies: { keys: [randomBytes(32).toString('hex')] },
    claims: {
      openid: ['sub'],
      email: ['email', 'email_verified'],
      profile: ['name', 'preferred_username'],
    },
    scopes: ['openid', 'offline_access'],
    responseTypes: ['code', 'id_token', 'code id_token', 'none'],
    // Claims of a scope go into the ID token too, as Entra ID's do.
    conformIdTokenClaims: false,
    pkce: { required: (ctx, client) => client.clientAuthMethod === 'none' },
    findAccount: (ctx, id) => ({ accountId: id, claims: () => claimsOf(id) }),
    interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
    renderError: (ctx, out) => {
      const rows = Object.entries(out).map(([key, value]) => (
        `<pre><strong>${escaped(key)}</strong>: ${escaped(value)}</pre>`));
      ctx.type = 'html';
      ctx.body = page('oops! something went wrong', rows.join('\n'));
    },
    ...rest,
    features: {
      devInteractions: { enabled: false },
      introspection: { enabled: true },
      revocation: { enabled: true },
      clientCredentials: { enabled: true },
      ...features,
    },
  };
}

async function grantFor(provider, details, accountId) {
  const { params, prompt, grantId } = details;
  const grant = (grantId && await provider.Grant.find(grantId))
    || new provider.Grant({ accountId, clientId: params.client_id });
  grant.addOIDCScope(prompt.details.missingOIDCScope?.join(' ') ?? params.scope);
  if (prompt.details.missingOIDCClaims) grant.addOIDCClaims(prompt.details.missingOIDCClaims);
  return grant.save();
}

async function body(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
}

// One address for both questions: it shows the one that is open, and takes its answer.
async function interact(provider, request, response) {
  const details = await provider.interactionDetails(request, response);
  const { prompt, params, session } = details;
  if (request.method === 'GET') {
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.end(prompt.name === 'login'
      ? loginPage(params.login_hint)
      : consentPage(params.client_id, params.scope));
    return;
  }
  const answer = await body(request);
  const result = {};
  if (answer.get('decision') === 'cancel') {
    result.error = 'access_denied';
    result.error_description = 'The user cancelled';
  } else if (prompt.name === 'login') {
    const accountId = answer.get('login') || 'user';
    result.login = { accountId };
    if (!asked.consent) {
      result.consent = { grantId: await grantFor(provider, details, accountId) };
    }
  } else {
    result.consent = { grantId: await grantFor(provider, details, session.accountId) };
  }
  await provider.interactionFinished(request, response, result, {
    mergeWithLastSubmission: answer.get('decision') !== 'cancel',
  });
}

const server = createServer();
server.listen(asked.port, asked.host, () => {
  const issuer = `http://${asked.host}:${server.address().port}`;
  const provider = new Provider(issuer, settings());
  const answer = provider.callback();
  server.on('request', (request, response) => {
    const { pathname } = new URL(request.url, issuer);
    // Logged before the answer leaves, so that whoever has the answer finds the line.
    const end = response.end.bind(response);
    response.end = (...rest) => {
      const line = { method: request.method, path: pathname, status: response.statusCode };
      appendFileSync(asked.request_log, `${JSON.stringify(line)}\n`);
      return end(...rest);
    };
    if (!pathname.startsWith('/interaction/')) {
      answer(request, response);
      return;
    }
    interact(provider, request, response).catch((error) => {
      console.error(error);
      response.statusCode = 500;
      response.end('the test provider failed; see its standard error');
    });
  });
  process.stdout.write(`ready ${issuer}\n`);
});
