/** What a message of the protocol holds, by the names of its ProtoJSON (A2A 1.0.1, lf.a2a.v1). */
export interface Message {
  readonly [member: string]: Member
}
export interface Member {
  /** Of a message, a map or a list of messages. */
  readonly of?: Message
  readonly map?: true
  /** Anything may stand within it. */
  readonly open?: true
  /** It is there even where it says nothing. */
  readonly required?: true
}

const plain: Member = {}
const required: Member = { required: true }

const flow: Message = {
  authorizationUrl: plain,
  deviceAuthorizationUrl: plain,
  tokenUrl: plain,
  refreshUrl: plain,
  scopes: { open: true },
  pkceRequired: plain,
}
const securityScheme: Message = {
  apiKeySecurityScheme: { of: { description: plain, location: required, name: required } },
  httpAuthSecurityScheme: { of: { description: plain, scheme: required, bearerFormat: plain } },
  oauth2SecurityScheme: {
    of: {
      description: plain,
      flows: {
        of: {
          authorizationCode: { of: flow },
          clientCredentials: { of: flow },
          deviceCode: { of: flow },
          implicit: { of: flow },
          password: { of: flow },
        },
      },
      oauth2MetadataUrl: plain,
    },
  },
  openIdConnectSecurityScheme: { of: { description: plain, openIdConnectUrl: required } },
  mtlsSecurityScheme: { of: { description: plain } },
}
const securityRequirement: Message = { schemes: { of: { list: plain }, map: true } }

/** An AgentCard. */
export const agentCardMembers: Message = {
  name: required,
  description: required,
  supportedInterfaces: {
    required: true,
    of: { url: required, protocolBinding: required, tenant: plain, protocolVersion: required },
  },
  provider: { of: { url: required, organization: required } },
  version: required,
  documentationUrl: plain,
  capabilities: {
    required: true,
    of: {
      streaming: plain,
      pushNotifications: plain,
      extensions: { of: { uri: plain, description: plain, required: plain, params: { open: true } } },
      extendedAgentCard: plain,
    },
  },
  securitySchemes: { of: securityScheme, map: true },
  securityRequirements: { of: securityRequirement },
  defaultInputModes: required,
  defaultOutputModes: required,
  skills: {
    required: true,
    of: {
      id: required,
      name: required,
      description: required,
      tags: required,
      examples: plain,
      inputModes: plain,
      outputModes: plain,
      securityRequirements: { of: securityRequirement },
    },
  },
  signatures: { of: { protected: plain, signature: plain, header: { open: true } } },
  iconUrl: plain,
}
