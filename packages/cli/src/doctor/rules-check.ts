import { asFailure } from "@hufu/core/failure"
import { loadRules } from "@hufu/server/fence/rules/load"
import { selfTest } from "@hufu/server/fence/rules/self-test"
import { draftSources, ruleSources } from "@hufu/server/rule-sources"
import type { Examination } from "./examination.ts"
import { fault, fine, type Finding, warning } from "./finding.ts"

/** Whether the rules load, deny what is known to be bad, and are those in force. */
export function checkRules({ config, dataFolder, node }: Examination): Finding[] {
  if (config instanceof Error)
    return [
      fault(
        "config",
        { en: `The configuration is not valid: ${config.message}`, zh: `配置无效：${config.message}` },
        { en: "correct it; hufu config schema shows its form", zh: "请更正；hufu config schema 显示其格式" },
      ),
    ]
  try {
    const rules = loadRules(ruleSources(config, dataFolder))
    selfTest(rules)
    const inForce = node === null || node instanceof Error ? rules.digest : node.status.rules
    const short = rules.digest.slice(0, 12)
    if (inForce === rules.digest)
      return [
        fine("rules", {
          en: `${rules.rules.length} rules load and pass their self-test (${short})`,
          zh: `${rules.rules.length} 条规则已加载并通过自检（${short}）`,
        }),
      ]
    const drafted = draftSources(config, dataFolder)
    if (drafted !== undefined && loadRules(drafted).digest === inForce)
      return [
        fine("rules", {
          en: `The draft of the rules is in force for everybody (${inForce.slice(0, 12)}): hufu rules stage`,
          zh: `规则草案已对全部生效（${inForce.slice(0, 12)}）：hufu rules stage`,
        }),
      ]
    return [
      warning(
        "rules",
        {
          en: `The rules in the files (${short}) are not those in force (${inForce.slice(0, 12)})`,
          zh: `文件中的规则（${short}）与生效规则（${inForce.slice(0, 12)}）不同`,
        },
        { en: "restart the node to bring them into force", zh: "重启节点以使其生效" },
      ),
    ]
  } catch (error) {
    const { message } = asFailure(error)
    return [
      fault(
        "rules",
        { en: `The rules do not load: ${message}`, zh: `规则无法加载：${message}` },
        {
          en: "correct them; hufu rules validate FILE checks one file",
          zh: "请更正；hufu rules validate 文件 可逐个检查",
        },
      ),
    ]
  }
}
