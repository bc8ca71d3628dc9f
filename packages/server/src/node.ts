import type { Output } from "@hufu/core/contract/contract"
import { randomBytes } from "node:crypto"
import type { IncomingMessage } from "node:http"
import { hostname, networkInterfaces } from "node:os"
import { resolve } from "node:path"
import { Failure } from "@hufu/core/failure"
import { newId } from "@hufu/core/id"
import { isSameAic } from "@hufu/core/identity/aic"
import { idPrefixes } from "@hufu/core/id-prefixes"
import type { Logger } from "pino"
import { openAgents } from "./authority/agents.ts"
import { openBrowsers } from "./authority/browsers.ts"
import { openBudgets } from "./authority/budgets.ts"
import { openCredentials } from "./authority/credentials.ts"
import { type Declare, declareWith } from "./authority/declare.ts"
import { openDevices } from "./authority/devices.ts"
import { openErasure } from "./authority/erasure.ts"
import { openHolds } from "./authority/holds.ts"
import { interventionsOf } from "./authority/interventions.ts"
import { openMandates } from "./authority/mandates.ts"
import { openPasskeyRecords, openPasskeys } from "./authority/passkeys.ts"
import { openPlaces } from "./authority/places.ts"
import { openPositions } from "./authority/positions.ts"
import { openPerson } from "./authority/person.ts"
import { openProtections } from "./authority/protections.ts"
import { sealRecords } from "./authority/record-kinds.ts"
import { presentedTokens } from "./authority/presented-tokens.ts"
import { openRollOut } from "./authority/roll-out.ts"
import { openRetention } from "./authority/retention.ts"
import { openServers } from "./authority/servers.ts"
import { createSignInLinks } from "./authority/sign-in-links.ts"
import { openStop } from "./authority/stop.ts"
import { openTasks } from "./authority/tasks.ts"
import { openTokens } from "./authority/tokens.ts"
import { openTools } from "./authority/tools.ts"
import { openUseMeters } from "./authority/use-meters.ts"
import { openAccessRules } from "./access/access-rules.ts"
import { accessAnswers } from "./access/answer-access.ts"
import { type Clock, systemClock } from "./clock.ts"
import type { Config } from "./config.ts"
import { type Classify, openClassifier } from "./fence/content/classifier.ts"
import { openTaskLabels } from "./fence/content/task-labels.ts"
import { placeRules, placeRulesAtStart } from "./fence/place/place-rules.ts"
import { ownPlaces } from "./fence/ground/own-places.ts"
import { readAddress } from "./fence/ground/read-address.ts"
import { keepRules } from "./fence/rules/kept-rules.ts"
import { checkedRules } from "./fence/rules/checked-rules.ts"
import { loadRules } from "./fence/rules/load.ts"
import { openShadow } from "./fence/rules/shadow.ts"
import { selfTest } from "./fence/rules/self-test.ts"
import { phraseDetector } from "./fence/conversation/message-detector.ts"
import { openPeople } from "./fence/person/people.ts"
import { actionContents } from "./gateway/action-content.ts"
import { type Conversations, openConversations } from "./gateway/conversation/conversations.ts"
import { statedIn } from "./registry/alive/stated-version.ts"
import { identifyAgent, type Identified } from "./gateway/identify-agent.ts"
import type { A2a } from "./gateway/a2a/open-a2a.ts"
import { delegationChanges } from "./gateway/delegation/delegation-changes.ts"
import type { AipPartners } from "./gateway/aip/aip-partners.ts"
import type { groupsOfNode } from "./gateway/aip/group/groups-of-node.ts"
import { interconnectDoor } from "./gateway/delegation/interconnect-door.ts"
import { trackConnections } from "./gateway/connections.ts"
import { createMcpDoor } from "./gateway/mcp/mcp-door.ts"
import { serverVersion } from "./gateway/mcp/upstream/server-version.ts"
import { openPacks } from "./fence/packs/pack-memory.ts"
import { packsInForce } from "./fence/packs/read-packs.ts"
import { shownPacks } from "./fence/packs/shown-packs.ts"
import { openProvenance } from "./fence/provenance/provenance.ts"
import { trackOpenOrders } from "./gateway/open-orders.ts"
import { askPartner } from "./fence/profile/method-profiles.ts"
import { createPipeline } from "./gateway/pipeline.ts"
import { refuseName } from "./gateway/mcp/upstream/reachable-address.ts"
import { markUnknown } from "./gateway/recover.ts"
import { serverDirectory } from "./gateway/server-directory.ts"
import { openDeveloperSessions } from "./identity/organisations/developer-sessions.ts"
import type {
  openOrganisationSignIn,
  OrganisationSignIn,
} from "./identity/organisations/organisation-sign-in.ts"
import { openDevelopers } from "./identity/ownership/developers.ts"
import { createKeyChallenges } from "./identity/key-challenges.ts"
import type { Oauth, openOauth } from "./identity/oauth/oauth.ts"
import { openSeenProofs } from "./identity/seen-proofs.ts"
import { openSignedRequests } from "./identity/signed-requests.ts"
import { openCheckpointMemory } from "./keys/checkpoint-memory.ts"
import { admitGuard } from "./guard-door.ts"
import { createGuardRoster } from "./guard-roster.ts"
import type { Publishing } from "./ledger/publish/start-publishing.ts"
import { startScrub } from "./ledger/scrub.ts"
import { createApp } from "./http/app.ts"
import { openConsoleFiles } from "./http/console/console-files.ts"
import { createEventFeed } from "./http/events/event-feed.ts"
import { listenHttp } from "./http/listen.ts"
import { listenMtls, type MtlsDoor } from "./http/listen-mtls.ts"
import { mtlsServer } from "./http/mtls-server.ts"
import { createAmpDoor } from "./http/registry/amp-door.ts"
import { isAgents, registeredSender } from "./http/registry/dsp-sender.ts"
import { identifyAmpCaller } from "./http/registry/identify-amp-caller.ts"
import { openCertificateAuthority } from "./identity/ca/certificate-authority.ts"
import { localCode, localHolders } from "./identity/ca/local-holders.ts"
import { registeredHolders } from "./identity/ca/registered-holders.ts"
import { listenLocal } from "./local/listen.ts"
import { openLocalKey } from "./local/local-key.ts"
import { socketPath } from "./local/socket-path.ts"
import { readActions } from "./operation/actions.ts"
import { createOperations } from "./operation/operations.ts"
import { draftSources, ruleSources } from "./rule-sources.ts"
import { emptyLogs } from "./log.ts"
import { openStore, type Store } from "./store/store.ts"
import { watchRoom } from "./store/watch-room.ts"
import { openRegistrar } from "./identity/registrar.ts"
import { openAlive } from "./registry/alive/alive.ts"
import { openVersionMismatches } from "./registry/alive/version-mismatches.ts"
import { openDiscovery } from "./registry/discovery/discovery.ts"
import { atr } from "./registry/atr/atr.ts"
import { answerOntologies } from "./http/registry/serve-atr.ts"
import { knownRegistrations } from "./registry/known-registrations.ts"
import { openDsp } from "./registry/sync/dsp.ts"
import { openMirrors } from "./registry/sync/mirrors.ts"
import { openPeers } from "./registry/sync/peers.ts"
import { openRegistrationChanges } from "./registry/sync/registration-changes.ts"
import { openWebhooks } from "./registry/sync/webhooks.ts"
import { suspendElsewhere } from "./registry/sync/suspend-elsewhere.ts"
import { wellKnown } from "./registry/well-known.ts"
import { registeredSource } from "./registry/registered-source.ts"
import { openRegistrations } from "./registry/registrations.ts"
import { servedFaces } from "./registry/served-faces.ts"
import { version } from "./version.ts"
import { openWitnessing } from "./witness/witnessing.ts"

export interface NodeOptions {
  readonly dataDir: string
  readonly config: Config
  /** The operator has said that others may reach this node. */
  readonly expose: boolean
  readonly logger: Logger
  readonly clock?: Clock
  /** Where the built console is, or will be. */
  readonly consoleFolder?: string | undefined
  /** Asks for the passphrase of a sealed vault key, where there is somebody to ask. */
  readonly passphrase?: (() => Promise<string>) | undefined
  readonly lifetime?: NodeLifetime
}

/** Why the node is there, and whether it goes by itself. */
export interface NodeLifetime {
  readonly startedBy: Output<"node.status">["startedBy"]
  /** After how long without a connection it ends, and when that is if nobody comes; null when it stays. */
  readonly idleExit: () => Output<"node.status">["idleExit"]
}

export interface RunningNode {
  readonly url: string
  readonly dataFolder: string
  /** For doors through which persons speak with agents. */
  readonly conversations: Conversations
  /** Where people open the console; undefined while none is built. */
  consoleOrigin(): string | undefined
  /** A link that lets one browser in, once. */
  signInLink(): Promise<{ url: string; expiresAt: number }>
  /** Who needs the node at this moment; an open console is one of them. */
  connections(): { connections: number; inFlight: number }
  close(): Promise<void>
}

/** How often some of what has been kept long enough is erased. */
const retentionMs = 5000
/** How often it is looked which proofs of developers ran out. */
const proofsMs = 3_600_000
const loopback = new Set(["127.0.0.1", "::1", "localhost"])

/**
 * The composition root: every part of a node and how they are wired, in the order in which they depend on each other.
 * Nothing listens before the ledger is sound, the rules are tested and what was under way is marked unknown.
 */
export async function startNode({
  dataDir,
  config,
  expose,
  logger,
  clock = systemClock,
  consoleFolder,
  passphrase,
  lifetime = { startedBy: "serve", idleExit: () => null },
}: NodeOptions): Promise<RunningNode> {
  const open = [config.host, config.ca.door?.host ?? "localhost"].find((host) => !loopback.has(host))
  if (open !== undefined && !expose)
    throw new Failure(
      "forbidden",
      `\`${open}\` can be reached from other machines: add --expose if you want every agent and person there to reach this node's doors`,
    )
  const startedAt = clock.now()
  const sources = ruleSources(config, dataDir)
  const accessRules = openAccessRules(config.access, dataDir)

  // Evidence
  const store = await openStore({ dataDir, clock, logger, passphrase, mlDsa: config.ledger.mlDsa })
  const closing: (() => unknown)[] = [() => store.close()]
  const close = async () => {
    for (const end of closing.splice(0).toReversed()) await end()
  }
  try {
    const { ledger, vault } = store
    const memory = await openCheckpointMemory({ store, ledger, logger })
    // It takes the last checkpoint, which the store signs as it closes.
    closing.unshift(() => memory?.close())
    // A witness that knows more than this folder has to be heard before anything is added to it.
    const witnessing = await openWitnessing({ store, ledger, clock, config, logger })
    closing.push(() => witnessing.close())
    const rules = loadRules(sources, checkedRules(store.folder.checkedRules, store.keyFor("checked-rules")))
    selfTest(rules)
    const publishing = await publish(config.publish.folder, store, logger)
    closing.unshift(() => publishing?.close())
    // The same checkpoint again, once witnesses have cosigned it.
    if (publishing) witnessing.onCosigned((checkpoint) => publishing.offer(checkpoint))
    const scrub = startScrub({
      database: store.folder.database,
      published: publishing && { folder: publishing.folder, vkey: ledger.vkey },
      entriesPerSecond: config.scrub.entriesPerSecond,
      restMs: config.scrub.restSeconds * 1000,
      clock,
      logger,
    })
    closing.push(() => scrub.close())
    const said = declareWith(vault)
    const changes = await openRegistrationChanges(store, clock)
    // What others are told of registrations stands in the commit of the statement that changes it.
    const declare: Declare = (tx, statement) => {
      const index = said(tx, statement)
      changes.notice(tx, statement, index)
      return index
    }
    const unknown = await markUnknown(ledger)
    if (unknown > 0)
      logger.warn(
        { actions: unknown },
        "actions were under way when the node stopped: their outcome is unknown",
      )

    await keepRules(store, rules, sources)
    const sealed = await sealRecords(store)
    if (sealed > 0) logger.info({ records: sealed }, "what stood open in the tables is sealed now")

    // Authority
    const passkeyRecords = openPasskeyRecords(store)
    const person = await openPerson(store, clock, declare, { passkeys: () => passkeyRecords.size })
    const agents = openAgents(store, clock, declare)
    const credentials = openCredentials(store, clock, agents, declare)
    const tasks = openTasks(store, vault, clock, declare)
    const budgets = openBudgets(store)
    const mandates = openMandates(store, clock, declare, budgets, agents)
    const servers = openServers(store, vault, clock, declare, (name) => mandates.names(name))
    const tools = openTools(store, servers, declare)
    const places = openPlaces(store, clock, declare)
    const devices = openDevices(store, clock, declare)
    const positions = openPositions({ store, vault, clock, declare, agents, places, devices })
    const zone = config.people.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone
    const protections = openProtections(store, clock, declare, zone)
    const meters = openUseMeters(store, clock)
    const people = openPeople({
      clock,
      protections,
      meters,
      zone,
      unknownAge: config.people.unknownAge,
      breakMs: config.people.breakMinutes * 60_000,
    })
    const holds = openHolds(store, vault, clock, config.ask.expirySeconds)
    const stop = openStop(store, clock, declare, () => witnessing.alarm())
    const tokens = openTokens({ store, clock, declare, mandates, agents, stop, settings: config.tokens })
    const origin = { url: "" }
    const registrar = openRegistrar(store, clock, declare, {
      number: config.registry.registrar,
      localSalt: config.ca.salt,
    })
    const developers = openDevelopers(store, clock, declare)
    const registrations = await openRegistrations({ store, clock, declare, agents, registrar, developers })
    const mirrors = openMirrors(store, clock)
    const known = knownRegistrations(registrations, mirrors, clock)
    const mismatches = openVersionMismatches({ store, clock, declare })
    const holders = registeredHolders(
      registrations,
      localHolders(agents, { ...config.ca, ...config.registry }),
      mismatches,
    )
    const ca = openCertificateAuthority({
      store,
      clock,
      declare,
      holders,
      url: () => config.ca.url ?? origin.url,
      onError: (error) => logger.error({ err: error }, "the certificate authority could not answer"),
    })
    const alive = openAlive({
      store,
      clock,
      settings: config.alive,
      registrations,
      agents,
      mismatches,
      onError: (error) => logger.error({ err: error }, "could not write down what was heard of agents"),
    })
    closing.push(() => alive.close())
    const presented = presentedTokens({ clock, mandates, tasks, tokens })
    const retention = openRetention({ store, vault, clock, declare, holds, keep: config.keptByLaw.task })
    const room = watchRoom(store, clock, config.store, (error) =>
      logger.error({ err: error }, "could not look at the room of the data"),
    )
    closing.push(() => room.close())
    const connections = trackConnections(clock)
    const agentOf = (aic: string) =>
      [...agents.records.all()].find(({ id }) => isSameAic(holders.find(id)?.aic ?? "", aic))?.id
    const orders = trackOpenOrders({
      claimRule: config.interconnect.claims,
      agentAt(name) {
        const server = servers.find(name)
        const { aic } = server ? servers.secrets(server) : {}
        return aic === undefined ? undefined : agentOf(aic)
      },
    })
    const guards = createGuardRoster()
    const closeRevoked = () =>
      connections.stop(
        ({ credential }) => isCertificate(credential) && !ca.certificates.isLive(credential),
        "certificate_revoked",
      )
    ca.certificates.onRevoked(closeRevoked)
    ca.authorities.onRevoked(closeRevoked)
    mismatches.onFound(({ id, source }) => {
      closeRevoked()
      logger.warn({ registration: id, source }, "an agent runs another version than is registered")
    })
    registrations.onChanged((changed) => {
      closeRevoked()
      // Whoever goes by the list of those that were revoked sees it too.
      ca.certificates
        .settle(changed.agent ?? changed.id, "node")
        .catch((error: unknown) => logger.error({ err: error }, "certificates that ended are not listed yet"))
    })
    const interventions = interventionsOf({
      clock,
      agents,
      credentials,
      servers,
      holds,
      mandates,
      tasks,
      stop,
      connections,
    })

    const elsewhere = suspendElsewhere({
      registrations,
      mirrors,
      agents,
      interventions,
      onError: (error) =>
        logger.error(
          { err: error },
          "an agent that another registry took out of service could not be suspended",
        ),
    })

    // A passkey belongs to a name, so people open the console by one.
    const consoleOrigin = () => config.origin ?? `http://localhost:${new URL(origin.url).port}`
    const passkeys = openPasskeys({
      store,
      clock,
      declare,
      person,
      records: passkeyRecords,
      origin: consoleOrigin,
    })
    const browsers = openBrowsers(store, clock, declare)
    const links = createSignInLinks(clock)
    let oauth: Oauth | undefined
    const erasure = openErasure({
      store,
      clock,
      declare,
      agents,
      tasks,
      mandates,
      servers,
      holds,
      passkeys,
      browsers,
      places,
      devices,
      credentials,
      forgetClient: async (client) => oauth?.forget(client),
      positions,
      registrations,
      alive,
      developers,
      protections,
      meters,
      interventions,
      ca,
      keep: config.keptByLaw,
      emptyLogs: () => emptyLogs(store.folder.path, logger),
    })

    // The pipeline
    const mtls: { door: MtlsDoor | undefined } = { door: undefined }
    const own = () =>
      ownPlaces({
        dataFolder: store.folder.path,
        platform: process.platform,
        home: process.env["HOME"] ?? process.env["USERPROFILE"] ?? "",
        folders: publishing === undefined ? [] : [publishing.folder],
        files: [socketPath(store.folder.path)],
        origins: [
          origin.url,
          ...(mtls.door === undefined ? [] : [mtls.door.url]),
          ...(config.origin === undefined ? [] : [config.origin]),
        ],
        machineNames: machineNames(),
        environment: process.env,
      })
    let ours = own()
    const rollOut = await openRollOut({
      store,
      clock,
      declare,
      agents,
      rules,
      sources,
      drafted: () => draftSources(config, dataDir),
      configured: config.draft?.agents ?? [],
      load(draft) {
        const loaded = loadRules(draft)
        selfTest(loaded)
        return loaded
      },
      stopAll: (reason) => stop.declare("node", reason),
    })
    const { staged } = rollOut
    const applyPlaces = await placeRulesAtStart(
      places.list(),
      (placed) => rollOut.place(placed),
      (error) =>
        logger.error({ err: error }, "rules of places are not valid any more: nothing happens in these"),
    )
    applyPlaces()
    places.setRules((all) => rollOut.place(placeRules(all)))
    const shadow = openShadow(staged, clock, (error) =>
      logger.error({ err: error }, "the draft of the rules could not look at an action"),
    )
    const packs = packsInForce(config.packs, dataDir)
    const assess = {
      clock,
      agents,
      mandates,
      budgets,
      orders,
      taskOf: (id: string) => tasks.records.get(id),
      tools,
      stop,
      rules: (agent?: string, task?: string) => staged.inForce(agent, task),
      places,
      positions,
      provenance: openProvenance({ startedAt: clock.now() }),
      labels: openTaskLabels({ clock, startedAt: clock.now(), classify: classifierOf(config) }),
      packs: openPacks(packs, clock),
      people,
      userWords: (task: Parameters<typeof tasks.userWords>[0]) => tasks.userWords(task),
      own: () => ours,
      bases: (server: string) => servers.bases(server),
      salt: (task: string, field: string) => vault.salt(task, task, field),
    }
    const contents = actionContents(vault)
    const governor = createPipeline({
      ...assess,
      store,
      ledger,
      vault,
      contents,
      shadow,
      tasks,
      servers,
      credentials: {
        isLive: (id) => (isCertificate(id) ? ca.certificates.isLive(id) : credentials.isLive(id)),
      },
      holds,
      connections,
      presented,
      refuseWithoutRoom: () => room.refuse(),
      onError: (error, doing) => logger.error({ err: error }, `could not ${doing}`),
    })

    const conversations = openConversations({
      governor,
      detector: phraseDetector(packs.map(({ pack }) => pack.phrases)),
    })

    // The doors
    const directory = serverDirectory(servers)
    const seen = openSeenProofs({
      store,
      clock,
      onError: (error) => logger.error({ err: error }, "could not remember a proof that was used"),
    })
    const signed = openSignedRequests({ credentials, clock, seen, origin: config.origin })
    oauth = await authorise(config, {
      store,
      clock,
      agents,
      credentials,
      interventions,
      personId: person.id,
      seen,
      issuer: consoleOrigin,
      url: () => origin.url,
      hosts: [...config.hosts, ...(config.origin === undefined ? [] : [new URL(config.origin).host])],
      privateNames: config.upstream.privateNames,
      hasServer: (name) => directory.get(name) !== undefined,
      settings: config.oauth,
      logger,
    })
    closing.push(() => oauth?.close())
    const identifySender = (request: IncomingMessage) =>
      identifyAgent(request, { credentials, agents, person, clock, signed, tokens: oauth?.tokens })
    const hidden = [store.folder.path, socketPath(store.folder.path)].concat(publishing?.folder ?? [])
    /** By certificate where that is shown, else by what a request says. */
    const identifyAt = (request: IncomingMessage, protocol: "mcp" | "a2a" | "aip"): Identified => {
      const shown = mtls.door?.peerOf(request)?.caller
      const { caller, ...rest } = shown === undefined ? identifySender(request) : { caller: shown }
      alive.acted(caller.agent, statedIn(request))
      return {
        ...rest,
        caller: { ...caller, door: `${protocol}-${shown === undefined ? "http" : "mtls"}` },
      }
    }
    const doorNames = {
      node: newId("node", clock.now()),
      tokenHelp: oauth?.help,
      hosts: [...config.hosts, ...(config.ca.door === undefined ? [] : doorHosts(config.ca.door))],
    }
    const door = createMcpDoor({
      governor,
      servers: directory,
      clock,
      logger,
      identify: (request) => identifyAt(request, "mcp"),
      onMet(name, discovered) {
        const server = servers.find(name)
        const aic = server && servers.secrets(server).aic
        const version = serverVersion(discovered)
        if (aic !== undefined && version !== undefined) alive.served(aic, version)
      },
      config: {
        ...doorNames,
        origin: () => origin.url,
        stateKey: randomBytes(32),
        privateNames: config.upstream.privateNames,
        sandbox: { mode: config.upstream.sandbox, hidden: () => hidden },
        holdWaitMs: config.ask.waitSeconds * 1000,
        linkIdleMs: config.upstream.idleSeconds * 1000,
        callTimeoutMs: config.upstream.timeoutSeconds * 1000,
        callsPerServer: config.upstream.concurrency,
      },
    })
    closing.push(() => door.close())
    let a2aOpened: Promise<A2a> | undefined
    const a2a = () =>
      (a2aOpened ??= import("./gateway/a2a/open-a2a.ts").then(({ openA2a }) =>
        openA2a({
          governor,
          identify: (request) => identifyAt(request, "a2a"),
          server: (name) => servers.find(name),
          secrets: (server) => servers.secrets(server),
          toolServer: (name, caller) => door.toolServer(name, caller),
          signCard: (card) => faces.signCard(card),
          clock,
          log: logger,
          config: {
            ...doorNames,
            origin: () => origin.url,
            privateNames: config.upstream.privateNames,
            answerMs: config.upstream.timeoutSeconds * 1000,
          },
        }),
      ))
    closing.push(async () => (await a2aOpened?.catch(() => undefined))?.close())
    const delegated = delegationChanges()
    /** Under which code Hufu answers for whatever has none of its own that is known. */
    const partnerCode = (id: string) => localCode(id, { ...config.ca, ...config.registry })
    let groups: ReturnType<typeof groupsOfNode> | undefined
    let aipOpened: AipPartners | undefined
    const needGroups = () => {
      if (groups === undefined) throw new Failure("internal", "the groups are not open yet")
      return groups
    }
    const interconnect = interconnectDoor(
      async () => {
        const { openInterconnect } = await import("./gateway/delegation/open-interconnect.ts")
        const { aipPartners } = await import("./gateway/aip/aip-partners.ts")
        const { privateNames } = config.upstream
        const upstream = { origin: () => origin.url, node: doorNames.node, privateNames }
        aipOpened = aipPartners({ ca, clock, upstream, groups: () => groups?.groups })
        const aip = aipOpened
        const taskOf = async (agent: string, principal: string) =>
          (tasks.current(agent) ?? (await tasks.ensure(agent, principal))).id
        const opened = openInterconnect(
          {
            store,
            clock,
            governor,
            settings: config.interconnect,
            orders,
            server: (name) => servers.find(name),
            secrets: (server) => servers.secrets(server),
            toolServer: (name, caller) => door.toolServer(name, caller),
            aicOf: (agent) => holders.find(agent)?.aic,
            isOwnAgent: (aic) => agentOf(aic) !== undefined,
            taskOf,
            conversations: {
              ...conversations,
              isOn: (agent, server) =>
                staged.inForce(agent).readsPeople && assess.packs.openFacts(server, askPartner) !== undefined,
            },
            reach: {
              ownPort: () => readAddress(origin.url)?.port ?? 0,
              privateNames: config.upstream.privateNames,
            },
            isOwn: (url) => {
              const address = readAddress(url)
              return address === undefined || ours.isOwnAddress(address)
            },
            changes: delegated,
            onError: (error, doing) => logger.error({ err: error }, `could not ${doing}`),
          },
          {
            partners: { aip: (definition) => aip.open(definition), a2a: (await a2a()).partner },
            notices: {
              a2a: async () => (await a2a()).writeNotice,
              aip: async () => (await import("./gateway/aip/write-aip-notice.ts")).writeAipNotice,
            },
          },
        )
        const { broker } = config.interconnect
        if (broker !== undefined) {
          const { groupsOfNode } = await import("./gateway/aip/group/groups-of-node.ts")
          groups = groupsOfNode({
            settings: broker,
            store,
            clock,
            governor,
            delegations: opened,
            agents,
            servers,
            credentials,
            ca,
            principal: person.id,
            codeOf: partnerCode,
            taskOf,
            identify: (request) => identifyAt(request, "aip"),
            config: doorNames,
            log: logger,
          })
        }
        return {
          ...opened,
          async close() {
            await groups?.groups.close()
            await opened.close()
            await aip.close()
          },
        }
      },
      {
        "/a2a/": async (delegations) => (await a2a()).door(delegations),
        ...(config.interconnect.broker === undefined ? {} : { "/mq-auth/": async () => needGroups().door }),
        "/aip/": async (delegations) => {
          const { createAipDoor } = await import("./gateway/aip/aip-door.ts")
          const { partnersOfNode } = await import("./gateway/aip/partners-of-node.ts")
          return createAipDoor({
            delegations,
            governor,
            clock,
            log: logger,
            identify: (request) => identifyAt(request, "aip"),
            aicOf: (agent) => holders.find(agent)?.aic,
            partner: partnersOfNode({
              servers,
              toolServer: (name, caller) => door.toolServer(name, caller),
              codeOf: partnerCode,
              version,
            }),
            ...(config.interconnect.broker === undefined ? {} : { groups: async () => needGroups().groups }),
            config: doorNames,
          })
        },
      },
      (error) => logger.error({ err: error }, "a door for agents could not be opened"),
    )
    closing.push(() => interconnect.close())
    const discover = (server: string) => door.discover(server, person.id)
    const refuseUrl = async (url: string) => {
      // The same reading of addresses as for the targets of actions: one host has many spellings.
      const address = readAddress(url)
      if (address === undefined || ours.isOwnAddress(address))
        throw new Failure(
          "forbidden",
          "that URL leads to this Hufu node itself: give the tool server's own address",
        )
      const port = (of: string) => readAddress(of)?.port ?? 0
      const { privateNames } = config.upstream
      await refuseName(address.host, port(url), { ownPort: () => port(origin.url), privateNames })
    }
    const reach = {
      ownPort: () => readAddress(origin.url)?.port ?? 0,
      privateNames: config.upstream.privateNames,
    }
    const peers = openPeers({ store, clock, declare, mirrors, reach, log: logger })
    closing.push(() => peers.close())
    const discovery = openDiscovery({
      store,
      source: registeredSource(known, mirrors, alive),
      settings: config.discovery,
      clock,
      reach,
      origin: consoleOrigin,
      onError: (error) =>
        logger.error({ err: error }, "registrations could not be taken into the search index"),
    })
    closing.push(() => discovery.close())
    const developerSessions = openDeveloperSessions(clock, developers)
    const organisations = signIn(config, {
      dataFolder: store.folder.path,
      clock,
      redirect: () => `${consoleOrigin()}/organisation`,
    })
    const actions = readActions(ledger, contents, agents, holds)
    const operations = createOperations({
      clock,
      store,
      ledger: witnessing.shown,
      witnessing,
      vault,
      person,
      passkeys,
      browsers,
      links,
      agents,
      credentials,
      keyChallenges: createKeyChallenges(clock),
      oauth,
      tasks,
      mandates,
      budgets,
      servers,
      tools,
      tokens,
      ca,
      holds,
      stop,
      interventions,
      erasure,
      places,
      devices,
      positions,
      registrations,
      known,
      peers,
      elsewhere,
      alive,
      developers,
      developerSessions,
      signInIssuers: config.registry.signIn,
      organisations,
      domainLookup: config.registry.domains.enabled
        ? {
            resolvers: config.registry.domains.resolvers,
            reach: {
              ownPort: () => readAddress(origin.url)?.port ?? 0,
              privateNames: config.upstream.privateNames,
            },
          }
        : undefined,
      discovery,
      protections,
      meters,
      people,
      packs: () => shownPacks(packs, dataDir),
      connections,
      actions,
      groups: async () => {
        if (config.interconnect.broker === undefined) return undefined
        await interconnect.opened()
        return needGroups().groups
      },
      invitable: (server, caller, leader) => {
        const { url, transport } = servers.need(server)
        const { headers, aic } = servers.secrets(servers.need(server))
        const holder = aic === undefined ? undefined : holders.holderOf(aic)
        if (
          url === null ||
          transport !== "aip" ||
          holder === undefined ||
          agents.records.get(holder.id) === undefined
        )
          throw new Failure(
            "invalid_input",
            "Hufu leads groups of partners that speak AIP and are agents of this node, whose code they were registered with (`hufu server add --protocol aip --aic`): whoever else is in a group is asked through its own door",
          )
        const partner = aipOpened?.at({ name: server, url, headers, aic, isOwnAgent: true })
        if (partner === undefined) throw new Failure("internal", "partners are not open yet")
        return {
          member: holder.aic,
          invite: (params, signal) => partner.invite(params, { agent: caller.agent, aic: leader }, signal),
        }
      },
      interconnect: () => interconnect.opened(),
      toolServer: (name, caller) => door.toolServer(name, caller),
      contents,
      assess,
      rules: (agent?: string, task?: string) => staged.inForce(agent, task),
      rollOut,
      shadow,
      discover,
      refuseUrl,
      scrub: () => scrub.state(),
      published: () => publishing?.state() ?? null,
      closeUpstream: (server) => directory.changed(server),
      consoleOrigin,
      room: () => room.room(),
      retention,
      about: () => ({
        version,
        url: origin.url,
        dataFolder: store.folder.path,
        startedAt,
        startedBy: lifetime.startedBy,
        idleExit: lifetime.idleExit(),
        guards: guards.list(),
      }),
    })
    const events = createEventFeed({ ledger, delegations: delegated })
    const console = consoleFolder === undefined ? undefined : openConsoleFiles(consoleFolder)
    const named = [config.origin, config.tokens.issuer, config.ca.url].flatMap((each) =>
      each === undefined ? [] : [new URL(each).host],
    )
    const hosts = [...config.hosts, ...named]
    const access = accessAnswers({
      rules: accessRules,
      explain: operations["decision.explain"],
      agentOf: (ref) => agents.find(ref),
    })
    const faces = servedFaces({ store, clock, registrations: known, origin: consoleOrigin })
    const codes = atr({ registrations, faces, origin: consoleOrigin })
    let dsp: ReturnType<typeof openDspDoor> | undefined
    const openDspDoor = () => {
      const opened = openDsp({
        registrations,
        ledger,
        vault,
        origin: consoleOrigin,
        seqs: config.registry.sequence,
        changes,
        clock,
        version,
      })
      const webhooks = openWebhooks({
        store,
        clock,
        reach,
        newest: () => opened.newest(),
        isInService: (registration) => alive.senders.find(registration) !== undefined,
        onError: (error) => logger.error({ err: error }, "a webhook could not be told"),
      })
      closing.push(() => webhooks.close())
      return { dsp: opened, webhooks }
    }
    const dspDoor = config.registry.share ? () => (dsp ??= openDspDoor()) : undefined
    const app = createApp({
      operations,
      access,
      person,
      credentials,
      browsers,
      developerSessions,
      clock,
      events,
      console,
      discovery,
      faces,
      atr: codes,
      wellKnown: wellKnown({ faces, known, here: config.registry.here, origin: consoleOrigin }),
      dsp: dspDoor,
      agentSender(request) {
        if (!isAgents(request)) return undefined
        const { caller, checkBody } = identifySender(request)
        return registeredSender(alive.senders, caller.agent, checkBody)
      },
      tokens,
      ca,
      servedLog: config.publish.serve ? publishing?.folder : undefined,
      consoleOrigin,
      hosts,
      version,
      logger,
    })
    const amp = createAmpDoor({
      alive,
      now: () => clock.now(),
      identify: identifyAmpCaller({
        peerOf: (request) => mtls.door?.peerOf(request),
        identifySender,
        hosts: [...hosts, ...(config.ca.door === undefined ? [] : doorHosts(config.ca.door))],
        person,
        credentials,
        browsers,
        developerSessions,
      }),
      onError: (error) =>
        logger.error({ err: error }, "could not answer what was asked of agents that are alive"),
    })
    const http = await listenHttp(
      {
        app,
        doors: oauth === undefined ? [amp, interconnect] : [amp, interconnect, oauth],
        mcp: (request, response) => door.handle(request, response),
      },
      config,
    )
    closing.push(() => http.close())
    closing.push(() => events.close())
    origin.url = http.url
    if (config.ca.door !== undefined) {
      mtls.door = await listenMtls(
        {
          ca,
          clock,
          principal: () => person.id,
          codeAt(name) {
            const server = servers.find(name)
            if (server === undefined) return undefined
            const { aic } = servers.secrets(server)
            if (aic === undefined) return localCode(server.id, { ...config.ca, ...config.registry })
            return agentOf(aic) === undefined ? undefined : aic
          },
          onStop: (caller, end) => connections.onStop(caller, end),
          serve: mtlsServer({
            peerOf: (request) => mtls.door?.peerOf(request),
            amp,
            discovery,
            dsp: dspDoor,
            senders: alive.senders,
            mcp: (request, response) => door.handle(request, response),
            interconnect,
            ontology: answerOntologies(codes, (error) =>
              logger.error({ err: error }, "an instance could not be registered"),
            ),
            onError: (error) => logger.error({ err: error }, "a request failed"),
          }),
          log: logger,
        },
        config.ca.door,
      )
      closing.push(() => mtls.door?.close())
    }
    ours = own()
    const local = await listenLocal(socketPath(store.folder.path), openLocalKey(store.folder.path), {
      http: (socket) => http.serve(socket),
      guard: (details) =>
        admitGuard(
          {
            clock,
            person,
            agents,
            credentials,
            mandates,
            servers,
            refuseUrl,
            discover,
            standing: (caller) => governor.standing(caller),
            roster: guards,
            serve: (stream, caller, server) => door.serveStream(stream, caller, server),
          },
          details,
        ),
      error: (error) => logger.warn({ err: error }, "a connection on the local socket was turned away"),
    })
    closing.push(() => local.close())

    const expiry = setInterval(
      () =>
        void holds
          .expire()
          .catch((error: unknown) => logger.error({ err: error }, "could not expire held actions")),
      500,
    )
    closing.push(() => clearInterval(expiry))
    const outdated = setInterval(() => {
      const now = clock.now()
      // Nothing that ran out counts in the meantime; that it is written down brings it out of what searches count.
      const owners = developers
        .list()
        .filter(({ proofs }) => proofs.some(({ until }) => until !== null && until <= now))
      void Promise.all(owners.map(({ owner }) => registrations.settle(owner))).catch((error: unknown) =>
        logger.error({ err: error }, "could not write down which proofs ran out"),
      )
    }, proofsMs)
    closing.push(() => clearInterval(outdated))
    const erasing = setInterval(
      () =>
        void retention
          .tick()
          .catch((error: unknown) =>
            logger.error({ err: error }, "could not erase what was kept long enough"),
          ),
      retentionMs,
    )
    closing.push(() => clearInterval(erasing))
    await store.commit((tx) =>
      declare(tx, {
        fact: "node.started",
        subject: "node",
        refs: { rules: rules.digest, person: person.id },
      }),
    )
    if (
      config.interconnect.broker !== undefined ||
      store.query("SELECT 1 FROM delegation WHERE is_ended = 0 LIMIT 1").length > 0
    )
      interconnect.begin()
    witnessing.begin()
    peers.begin()
    // Whoever is told of changes is told of those too that come before anybody asks.
    if (config.registry.share && store.query("SELECT 1 FROM webhook LIMIT 1").length > 0)
      dsp ??= openDspDoor()
    return {
      url: http.url,
      dataFolder: store.folder.path,
      conversations,
      consoleOrigin: () => (console?.page() ? consoleOrigin() : undefined),
      signInLink: () => operations["signin.create"]({}, { requestId: "start", transport: "socket" }),
      connections() {
        const counts = connections.counts()
        return { ...counts, connections: counts.connections + events.followers() }
      },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** The log is private unless its operator names a folder. */
async function publish(
  folder: string | undefined,
  { folder: { path, database }, ledger }: Store,
  logger: Logger,
): Promise<Publishing | undefined> {
  if (folder === undefined) return undefined
  const { startPublishing } = await import("./ledger/publish/start-publishing.ts")
  return startPublishing({ folder: resolve(path, folder), database, ledger, logger })
}

function isCertificate(credential: string | null): credential is string {
  return credential?.startsWith(`${idPrefixes.certificate}_`) ?? false
}

/** What a client may call the door for certificates. */
function doorHosts({ names, port }: { names: readonly string[]; port: number }): string[] {
  return names.flatMap((name) => [name, `${name}:${port}`])
}

/** Nothing of it is loaded where the node is no authorisation server. */
async function authorise(
  { oauth: { enabled } }: Config,
  parts: Parameters<typeof openOauth>[0],
): Promise<Oauth | undefined> {
  if (!enabled) return undefined
  const { openOauth } = await import("./identity/oauth/oauth.ts")
  return openOauth(parts)
}

/** Nothing of it is loaded before an organisation signs in. */
function signIn(
  { registry }: Config,
  parts: Omit<Parameters<typeof openOrganisationSignIn>[0], "issuers">,
): () => Promise<OrganisationSignIn> {
  let opened: Promise<OrganisationSignIn> | undefined
  return () =>
    (opened ??= import("./identity/organisations/organisation-sign-in.ts").then((module) =>
      module.openOrganisationSignIn({ ...parts, issuers: registry.signIn }),
    ))
}

function classifierOf({ content: { classifier } }: Config): Classify | undefined {
  return classifier && openClassifier({ url: classifier.url, timeoutMs: classifier.timeoutSeconds * 1000 })
}

/** Under which names this machine reaches itself. */
function machineNames(): string[] {
  return [
    hostname(),
    ...Object.values(networkInterfaces()).flatMap((each) => (each ?? []).map(({ address }) => address)),
  ]
}
