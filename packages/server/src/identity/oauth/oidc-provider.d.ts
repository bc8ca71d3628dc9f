// The part of oidc-provider that Hufu uses: the package brings no types of its own.
declare module "oidc-provider" {
  import type { EventEmitter } from "node:events"
  import type { IncomingMessage, ServerResponse } from "node:http"

  export interface Client {
    readonly clientId: string
    readonly clientName?: string
    readonly clientUri?: string
    readonly redirectUris?: readonly string[]
    readonly clientSecret?: string
    readonly clientIdMetadataDocument?: boolean
    grantTypeAllowed(type: string): boolean
    compareClientSecret(actual: string): boolean
  }

  export interface Grant {
    readonly jti: string
    addOIDCScope(scope: string): void
    addResourceScope(resource: string, scope: string): void
    save(): Promise<string>
  }

  export interface Interaction {
    readonly uid: string
    readonly exp: number
    readonly params: Readonly<Record<string, unknown>>
  }

  export interface InteractionResult {
    readonly login?: { readonly accountId: string; readonly remember: boolean }
    readonly consent?: { readonly grantId: string }
    readonly error?: string
    readonly error_description?: string
  }

  export interface OidcContext {
    readonly oidc: {
      readonly result?: InteractionResult
      readonly entities: { readonly Grant?: Grant; readonly Client?: Client }
      readonly client?: Client
    }
    body: unknown
    type: string
  }

  export interface IssuedToken {
    readonly kind: string
    readonly clientId: string
    readonly scope?: string
  }

  export class Provider extends EventEmitter {
    constructor(issuer: string, configuration: Record<string, unknown>)
    proxy: boolean
    readonly Client: { find(id: string): Promise<Client | undefined>; prototype: Client }
    readonly Grant: {
      new (of: { accountId: string; clientId: string }): Grant
      find(id: string): Promise<Grant | undefined>
    }
    readonly Interaction: { find(uid: string): Promise<Interaction | undefined> }
    callback(): (request: IncomingMessage, response: ServerResponse) => Promise<void>
    interactionFinished(
      request: IncomingMessage,
      response: ServerResponse,
      result: InteractionResult,
      options: { mergeWithLastSubmission: boolean },
    ): Promise<void>
  }

  /** An answer of the protocol: `error` and `error_description` go to the client. */
  class ProtocolError extends Error {
    constructor(description?: string, detail?: string)
  }
  export const errors: {
    readonly InvalidTarget: typeof ProtocolError
    readonly InvalidGrant: typeof ProtocolError
    readonly UnauthorizedClient: typeof ProtocolError
    readonly InvalidScope: new (description: string, scope: string) => Error
  }
}
