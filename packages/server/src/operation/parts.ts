import type { Output } from "@hufu/core/contract/contract"
import type { PackRecord } from "@hufu/core/contract/protection"
import type { AgentAuthority } from "../authority/agents.ts"
import type { BrowserAuthority } from "../authority/browsers.ts"
import type { Budgets } from "../authority/budgets.ts"
import type { CredentialAuthority } from "../authority/credentials.ts"
import type { DeviceAuthority } from "../authority/devices.ts"
import type { PlaceAuthority } from "../authority/places.ts"
import type { PositionAuthority } from "../authority/positions.ts"
import type { ProtectionAuthority } from "../authority/protections.ts"
import type { Erasure } from "../authority/erasure.ts"
import type { HoldAuthority } from "../authority/holds.ts"
import type { Interventions } from "../authority/interventions.ts"
import type { MandateAuthority } from "../authority/mandates.ts"
import type { PasskeyAuthority } from "../authority/passkeys.ts"
import type { PersonAuthority } from "../authority/person.ts"
import type { RollOutAuthority } from "../authority/roll-out.ts"
import type { RetentionAuthority } from "../authority/retention.ts"
import type { ServerAuthority } from "../authority/servers.ts"
import type { SignInLinks } from "../authority/sign-in-links.ts"
import type { StopAuthority } from "../authority/stop.ts"
import type { TaskAuthority } from "../authority/tasks.ts"
import type { TokenAuthority } from "../authority/tokens.ts"
import type { ToolAuthority } from "../authority/tools.ts"
import type { UseMeters } from "../authority/use-meters.ts"
import type { Clock } from "../clock.ts"
import type { People } from "../fence/person/people.ts"
import type { Shadow } from "../fence/rules/shadow.ts"
import type { RuleSet } from "../fence/rules/load.ts"
import type { ActionContents } from "../gateway/action-content.ts"
import type { AssessParts } from "../gateway/assess.ts"
import type { Connections } from "../gateway/connections.ts"
import type { KeyChallenges } from "../identity/key-challenges.ts"
import type { CertificateAuthority } from "../identity/ca/certificate-authority.ts"
import type { DeveloperSessions } from "../identity/organisations/developer-sessions.ts"
import type { OrganisationSignIn, SignInIssuer } from "../identity/organisations/organisation-sign-in.ts"
import type { Developers } from "../identity/ownership/developers.ts"
import type { DomainLookup } from "../identity/ownership/find-domain-statement.ts"
import type { Oauth } from "../identity/oauth/oauth.ts"
import type { Ledger } from "../ledger/ledger.ts"
import type { PublishState } from "../ledger/publish/start-publishing.ts"
import type { ScrubState } from "../ledger/scrub.ts"
import type { Vault } from "../ledger/vault.ts"
import type { Alive } from "../registry/alive/alive.ts"
import type { Discovery } from "../registry/discovery/discovery.ts"
import type { KnownRegistrations } from "../registry/known-registrations.ts"
import type { Peers } from "../registry/sync/peers.ts"
import type { SuspendedElsewhere } from "../registry/sync/suspend-elsewhere.ts"
import type { Registrations } from "../registry/registrations.ts"
import type { Room } from "../store/room.ts"
import type { Store } from "../store/store.ts"
import type { Witnessing } from "../witness/witnessing.ts"
import type { Groups, Invite } from "../gateway/aip/group/groups.ts"
import type { Interconnect } from "../gateway/delegation/interconnect-door.ts"
import type { ToolServer } from "../gateway/delegation/mcp-partner.ts"
import type { Caller } from "../gateway/governor.ts"
import type { Actions } from "./actions.ts"

/** What the operations work with. */
export interface OperationParts {
  readonly clock: Clock
  readonly store: Store
  readonly ledger: Ledger
  readonly witnessing: Witnessing
  readonly vault: Vault
  readonly person: PersonAuthority
  readonly passkeys: PasskeyAuthority
  readonly links: SignInLinks
  readonly browsers: BrowserAuthority
  readonly agents: AgentAuthority
  readonly credentials: CredentialAuthority
  readonly keyChallenges: KeyChallenges
  /** Where the node is an authorisation server. */
  readonly oauth: Pick<Oauth, "consents" | "register"> | undefined
  readonly tasks: TaskAuthority
  readonly mandates: MandateAuthority
  readonly budgets: Budgets
  readonly servers: ServerAuthority
  readonly tokens: TokenAuthority
  readonly ca: CertificateAuthority
  readonly tools: ToolAuthority
  readonly holds: HoldAuthority
  readonly stop: StopAuthority
  readonly interventions: Interventions
  readonly erasure: Erasure
  readonly places: PlaceAuthority
  readonly devices: DeviceAuthority
  readonly positions: PositionAuthority
  readonly alive: Pick<Alive, "shown">
  readonly registrations: Registrations
  readonly developers: Developers
  readonly developerSessions: DeveloperSessions
  /** Where organisations sign in; opened when the first one does. */
  readonly signInIssuers: readonly SignInIssuer[]
  readonly organisations: () => Promise<OrganisationSignIn>
  /** How domains are looked up, where the operator allows it. */
  readonly domainLookup: DomainLookup | undefined
  readonly discovery: Pick<Discovery, "find">
  readonly known: Pick<KnownRegistrations, "find" | "isUsable">
  readonly peers: Peers
  readonly elsewhere: SuspendedElsewhere
  readonly protections: ProtectionAuthority
  readonly meters: Pick<UseMeters, "forget">
  readonly people: Pick<People, "shown">
  /** Every pack that there is. */
  readonly packs: () => PackRecord[]
  readonly connections: Connections
  readonly actions: Actions
  /** What agents ask of each other, opened when somebody acts on it. */
  /** Undefined where the node has no message broker. */
  readonly groups: () => Promise<Groups | undefined>
  /** Whom a partner is in a group of this node's, and how it is asked to join; throws Failure where it cannot be. */
  readonly invitable: (
    server: string,
    caller: Caller,
    leader: string,
  ) => { readonly member: string; readonly invite: Invite }
  readonly interconnect: () => Promise<Pick<Interconnect, "ask" | "cancel">>
  /** A tool server as one agent reaches it; undefined where there is none. */
  readonly toolServer: (name: string, caller: Caller) => Pick<ToolServer, "tools"> | undefined
  readonly contents: ActionContents
  readonly assess: AssessParts
  readonly rules: (agent?: string, task?: string) => RuleSet
  /** How rules that are to come into force do so. */
  readonly rollOut: RollOutAuthority
  readonly shadow: Shadow
  /** Throws Failure("forbidden") when a URL leads to this node itself, or where no tool server is. */
  readonly refuseUrl: (url: string) => Promise<void>
  /** How far the background reading of the ledger is. */
  readonly scrub: () => ScrubState
  /** How far the published log is; null when nothing is published. */
  readonly published: () => PublishState | null
  /** Closes the upstream connections of a server that is removed. */
  readonly closeUpstream: (server: string) => void
  /** Asks a server for its tools, so that they have profiles. */
  readonly discover: (server: string) => Promise<void>
  /** Where people open the console. */
  readonly consoleOrigin: () => string
  /** How much room the data takes at this moment. */
  readonly room: () => Room
  readonly retention: RetentionAuthority
  readonly about: () => Pick<
    Output<"node.status">,
    "version" | "url" | "dataFolder" | "startedAt" | "startedBy" | "idleExit" | "guards"
  >
}
