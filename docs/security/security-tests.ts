import type { NamedTest } from "./security-row.ts"

const supply = "e2e/supply/tool-supply.test.ts"
const content = "e2e/supply/content-fence.test.ts"
const door = "packages/server/src/gateway/mcp/http-door.test.ts"
const invariant = (name: string) => `e2e/invariants/invariant-${name}.test.ts`
const first = invariant("01-no-action-without-agent-mandate-verdict-and-intent")
const approval = invariant("04-an-approval-comes-from-a-person")
const text = invariant("10-what-others-wrote-is-only-text")
const own = invariant("12-nothing-of-its-own-and-nothing-else")
const stop = invariant("06-a-stop-bites-at-every-door")
const console_ = "e2e/attacks/attacks-on-the-console.test.ts"
const provenance = "packages/server/src/fence/provenance/provenance.test.ts"
const chains = "packages/server/src/authority/pass-on.test.ts"

const oauth = "e2e/identity/oauth.test.ts"

/** The tests that rows name. */
export const tests = {
  oauthMetadata: [
    oauth,
    "whoever comes without a token is told where to ask, and both descriptions are as the standards want them",
  ],
  oauthConsent: [
    oauth,
    "a client that registered itself is let in as an agent, reads, and acts once the person allows that too",
  ],
  oauthBrowser: [oauth, "an answer counts in the browser in which the client began, and in no other"],
  oauthDocument: [oauth, "a description of its own, at an https address, stands for a client (CIMD)"],
  oauthMade: [
    oauth,
    "a client that the person made acts by its own credentials, and gets nothing more than they said",
  ],
  oauthMore: [oauth, "a client that was let in on its asking cannot help itself to more"],
  oauthProof: [oauth, "a token that is bound to a key counts with a fresh proof by it, once"],
  oauthRefused: [oauth, "a token for another resource, of another issuer or passed on is refused by name"],
  oauthMixUp: [oauth, "an answer of another authorisation server is not taken for this one's"],
  oauthAsked: [oauth, "what a client asks wrongly is refused before the person is asked"],
  oauthRefresh: [
    oauth,
    "refresh tokens are used once, survive a restart, and end with the credential within a second",
  ],
  oauthClient: [
    oauth,
    "MCP's own client registers, is let in, acts after a step up, and comes back with what it kept",
  ],
  signedOnce: ["e2e/identity/signed-requests.test.ts", "a signature counts once, also after a restart"],
  poisoned: [supply, "a poisoned definition"],
  shadowing: [supply, "tools that stand in the place of others"],
  rugPull: [supply, "a rug pull"],
  midSession: [
    supply,
    "in the middle of a session, announced on the stream of another call, asks at the next call",
  ],
  nowhere: [supply, "an address that leads elsewhere"],
  guardNowhere: [supply, "a guard cannot register one either"],
  sandbox: ["packages/server/src/gateway/mcp/upstream/sandbox.test.ts", "a tool server in a sandbox"],
  stdio: [supply, "a server on standard streams"],
  environment: [
    supply,
    "inherits a short list of variables and what was registered, and nothing else of the node's",
  ],
  oldVersion: [supply, "that wants a version of the protocol that nobody knows is not spoken to"],
  hiddenArguments: [
    content,
    "hidden characters ask, whichever door (%s), and the approval says what was noticed",
  ],
  secretOut: [
    content,
    "a secret that goes to somebody whom nobody named asks, and the action says why for ever",
  ],
  labels: [content, "label their task, so that a rule can ask about what it does next"],
  redacted: [content, "have taken out of them what a rule names, at every door (%s), and nothing else"],
  shell: [supply, "is not sent a path that begins a command without a question: %j"],
  metadata: [
    "packages/server/src/fence/content/argument-signals.test.ts",
    "%s is where a machine tells its secrets",
  ],
  unread: [
    "packages/server/src/fence/content/argument-signals.test.ts",
    "what is too long to be waited for is told, and what stands at its beginning is seen",
  ],
  definitions: [
    "packages/server/src/fence/supply/definition-signals.test.ts",
    "an instruction to the agent is noticed: %s",
  ],
  rebinding: [
    "packages/server/src/gateway/mcp/upstream/reachable-address.test.ts",
    "a name whose answer changes after it was looked at is looked at again, and nothing is sent",
  ],
  redirect: [own, "a redirect of a tool server is not followed, and nobody else is contacted"],
  ownAddress: [own, "no address leads to the node itself, however it is spelled"],
  ownPath: [own, "no path leads into the data folder: links, encodings, climbs, cases and clients' configs"],
  nothingElse: [
    own,
    "a server that nobody uses is not contacted, nor is one that a URL in an argument names",
  ],
  credential: [first, "nobody without a credential, or with one that was made up, reaches the upstream"],
  expired: [first, "a credential that has expired is turned away, and its open session with it"],
  otherCredential: [first, "an agent's credential is no session, and a session is no agent"],
  mandate: [first, "an agent without a mandate, or with one that ended, does nothing"],
  unknownTool: [first, "a tool that nobody described asks, whatever the mandate says of reading"],
  noRow: [first, "a method without a row goes nowhere"],
  intent: [first, "the ledger has the intent before the upstream has the call"],
  oneVerdict: [
    invariant("02-same-action-same-facts-same-verdict"),
    "every door and a dry run give one verdict on the same action",
  ],
  brokenRules: [
    invariant("03-broken-rules-open-nothing"),
    "a rule of the user's that permits everything opens nothing that the platform closes",
  ],
  notTheAccount: [approval, "the operating-system account alone may refuse but not approve"],
  notTheAgent: [approval, "neither the agent's nor a hook's credential approves"],
  shownDigest: [approval, "another digest than the one that was shown approves nothing"],
  once: [approval, "it is used once, by one of eight identical calls at every door at once"],
  changedArguments: [approval, "changed arguments are another action"],
  otherAgent: [approval, "another agent and another task cannot use it"],
  approvedDefinition: [approval, "a tool whose definition changed after the approval asks again"],
  otherServer: [approval, "another server under the same name does not inherit it"],
  silence: [approval, "only the clock denies, and what was approved expires too"],
  userOnly: [approval, "what only the person decides is never approved for longer, and never covered"],
  narrowing: [
    invariant("05-a-mandate-only-narrows"),
    "nobody widens a mandate, not even the person: that is a new grant",
  ],
  narrowedLive: [
    invariant("05-a-mandate-only-narrows"),
    "a narrowing bites on live connections and on what was approved but not used",
  ],
  stop: [stop, "ends what is under way at every door, cancels it upstream, and reports it"],
  resumed: [stop, "only the person resumes an agent or lifts the stop, and no approval from before is left"],
  revoked: [stop, "a revoked credential ends its own connections and calls, and nobody else's"],
  removed: [stop, "a removed server is out of reach at once: calls, approvals and connections"],
  stopAll: ["e2e/stop/stop.test.ts", "%s reaches every client, and nothing leaves afterwards"],
  receipt: [
    invariant("08-the-ledger-neither-forks-nor-forgets"),
    "any changed character of a receipt is noticed",
  ],
  entries: [
    invariant("09-an-entry-names-nothing"),
    "no name, word, path, argument, result or secret is in any entry",
  ],
  strictBodies: [text, "goes nowhere"],
  hostileDefinitions: [
    text,
    "hostile definitions are bounded, never fewer questions, and do not take the others with them",
  ],
  hostileResults: [text, "a hostile result reaches the agent as it came and breaks nothing"],
  pages: [text, "the pages show what agents wrote as text, with nothing hidden in it"],
  card: [
    "e2e/console/approvals.test.ts",
    "a card shows its eight facts without scrolling, and works on a phone",
  ],
  hostileText: [
    "e2e/attacks/hostile-text.test.ts",
    "neither covers our buttons, nor pushes them away, nor looks like one of them",
  ],
  terminal: [
    "e2e/attacks/hostile-terminal.test.ts",
    "is seen and moves nothing, in tables, sentences, JSON and refusals",
  ],
  budget: [
    "e2e/invariants/one-budget-many-clients.test.ts",
    "64 clients that spend one budget at once never spend more than there is",
  ],
  listing: [
    "e2e/invariants/listing-equals-calling.test.ts",
    "tools/list shows a tool exactly when some call of it is not denied",
  ],
  shellAgent: [
    "e2e/attacks/agent-with-a-shell.test.ts",
    "by the CLI: no flag, file, variable or guess stands in for the person",
  ],
  agentFolder: [
    "e2e/attacks/agent-with-a-shell.test.ts",
    "by the data folder: what is written into it while the node runs decides nothing, and no secret is in it",
  ],
  alteredRows: ["e2e/attacks/altered-tables.test.ts", "a row of whatever kind that was %s is refused"],
  csrf: [console_, "CSRF: a page elsewhere changes nothing, though the person is signed in beside it"],
  clickjacking: [
    console_,
    "clickjacking: no page shows the console in itself, keeps hold of its window, or has a click land on it",
  ],
  stolenLink: [
    console_,
    "a stolen sign-in link: who opens it second gets nothing, who opens it first approves nothing",
  ],
  linkCode: [
    "e2e/sign-in/sign-in-links.test.ts",
    "lead to the name of this machine, and hold the code where no request carries it",
  ],
  linkOnce: ["e2e/sign-in/sign-in-links.test.ts", "work once, and say so to whoever comes second"],
  otherOrigin: [
    "e2e/sign-in/sign-in-links.test.ts",
    "buy a token that is worth nothing at another origin, from another page or at another node",
  ],
  ownScript: [
    "e2e/sign-in/sign-in-links.test.ts",
    "a page cannot be put into another page, and runs no script but ours",
  ],
  passkeyDecision: [
    "e2e/sign-in/passkeys.test.ts",
    "an answer for one decision does not pass for another, nor for a sign-in",
  ],
  hostileTraffic: [
    "e2e/hostile/hostile.test.ts",
    "forwards nothing that was not decided, fails at nothing and keeps nothing open",
  ],
  foreignPage: [door, "refuses a foreign page and a foreign host name"],
  largeBodies: [
    door,
    "refuses batches, duplicate keys, text that is not UTF-8, other content types and large bodies",
  ],
  noPassthrough: [
    door,
    "forwards the bytes as they came, with the registered credential and without the agent's",
  ],
  noChallenge: [door, "does not hand a tool server's demand for a credential, nor a redirect, to the agent"],
  ownSessions: [
    door,
    "are the agent's own: another agent, another credential and another server do not find them",
  ],
  sessionNames: [door, "have names that the tool server did not give"],
  sessionEnds: [door, "end when they are deleted, and are not found after"],
  bounded: [door, "bounds how much an agent has under way, and another agent is not held up"],
  serverQuestions: [door, "keep a question that is denied from the client, and tell the server"],
  sealed: ["packages/server/src/gateway/mcp/sealed-state.test.ts", "opens nowhere else"],
  methods: [
    "packages/server/src/gateway/mcp/method-table.test.ts",
    "has one row for each method, sender and kind",
  ],
  lines: ["packages/server/src/gateway/mcp/socket-door.test.ts", "ends when a line never does"],
  localSocket: [
    "packages/server/src/local/local.test.ts",
    "finds a socket and a folder that are closed to them",
  ],
  fromOthers: [
    provenance,
    "a target that the user named goes, one that only others wrote asks, and one that was seen nowhere asks once others were read",
  ],
  ownRecords: [
    provenance,
    "the user's own records count, by the names that stand in them too, and what the agent wrote into them does not",
  ],
  privateOut: [provenance, "private content goes to nobody whom only others named, whoever says yes"],
  links: [provenance, "a link and a password that others wrote ask, and a page that the user named is read"],
  definitionTexts: [provenance, "what a tool's own definition says is what others wrote"],
  unreadOthers: [
    provenance,
    "what is too much to be read, or stands in the names of fields, was written by others all the same",
  ],
  chainWider: [chains, "what is wider is refused with every difference in words"],
  chainBounded: [chains, "a chain is bounded, has no circles, and goes to agents in service only"],
  chainReceipt: [
    chains,
    "a part of a mandate goes to another agent, and its receipt names every mandate above it",
  ],
  clientConfigs: [
    "packages/server/src/fence/ground/connectable-clients.test.ts",
    "the fence denies every file of the table on $platform",
  ],
  configSecrets: [
    "e2e/connect/edited-meanwhile.test.ts",
    "hold no secret that could be read without their key, and the config none at all",
  ],
  reviewedPackage: [
    "packages/server/src/fence/profile/catalogue.test.ts",
    "is the reviewed one for the package that was reviewed, and for no other",
  ],
  launched: [
    "packages/server/src/fence/profile/launched-package.test.ts",
    "is unknown when other code is loaded first, or the folder is not what it is called",
  ],
  automatic: [
    "packages/server/src/fence/profile/automatic.test.ts",
    "is not lowered by a tool that calls itself read-only",
  ],
  secretTools: ["packages/server/src/fence/profile/automatic.test.ts", "what gives out secrets sends them"],
  payments: ["packages/server/src/fence/profile/automatic.test.ts", "money to an account is a payment"],
  commands: [
    "packages/server/src/fence/profile/automatic.test.ts",
    "a read that takes a command executes, and one that stores its result writes",
  ],
  injection: [
    "packages/server/src/fence/content/injection/prompt-injection.test.ts",
    "in a long result the place is named and the rest is not",
  ],
  detectorsBounded: [
    "packages/server/src/fence/content/hostile-text.test.ts",
    "a detector that may take nothing stops and finds nothing in the rest",
  ],
  limits: ["packages/core/src/mandate/cover.test.ts", "names every argument of a closed grant, however deep"],
  dependencies: [
    "docs/documents.test.ts",
    "no installed package has a script that runs when it is installed",
  ],
  keySeal: [
    "packages/server/src/keys/keys.test.ts",
    "leaves no plain key behind, is asked for at a start, and is refused where nobody can be asked",
  ],
  credentialExpiry: [
    first,
    "a hook's credential, a revoked one and one of an earlier version are not the agent's",
  ],
  schemaDepth: [
    "packages/server/src/fence/ground/ground.test.ts",
    "is a doubt when its arguments are too deep or too many",
  ],
} as const satisfies Readonly<Record<string, NamedTest>>
