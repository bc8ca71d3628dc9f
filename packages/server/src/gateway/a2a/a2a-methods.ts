/**
 * What becomes of each method of A2A. A method without a row is refused. `governed`: it goes through the pipeline as an order to the
 * partner. `local`: Hufu answers it from what it has recorded of the calling agent's own delegations; nothing leaves.
 */
export const a2aMethods = {
  SendMessage: { treatment: "governed", streams: false },
  SendStreamingMessage: { treatment: "governed", streams: true },
  CancelTask: { treatment: "governed", streams: false },
  GetTask: { treatment: "local", streams: false },
  ListTasks: { treatment: "local", streams: false },
  SubscribeToTask: { treatment: "local", streams: true },
  CreateTaskPushNotificationConfig: { treatment: "local", streams: false },
  GetTaskPushNotificationConfig: { treatment: "local", streams: false },
  ListTaskPushNotificationConfigs: { treatment: "local", streams: false },
  DeleteTaskPushNotificationConfig: { treatment: "local", streams: false },
  GetExtendedAgentCard: { treatment: "local", streams: false },
} as const satisfies Record<string, { treatment: "governed" | "local"; streams: boolean }>

export type A2aMethod = keyof typeof a2aMethods

/** Whether a method has a row. */
export function isA2aMethod(name: string): name is A2aMethod {
  return Object.hasOwn(a2aMethods, name)
}
