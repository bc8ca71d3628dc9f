import type { Command } from "../command/command.ts"

/** `hufu doctor` as the help shows it. */
export const doctorCommand: Command = {
  name: "doctor",
  en: "Look at everything that a node needs, also when it is down; exit code 1 when something is broken",
  zh: "检查节点所需的一切，节点未运行时亦可；有故障时退出码为 1",
  flags: {},
  load: async () => (await import("./doctor.ts")).doctor,
}
