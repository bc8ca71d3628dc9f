const count = 100

/** A hundred rules that apply to every effect, so that no index can skip them, and that match no call of the bench. */
export function hundredRules(): string {
  return Array.from({ length: count }, (_, n) => rule(n)).join("\n")
}

function rule(n: number): string {
  const conditions = [
    `resource.name == "drop_table_${n}"`,
    `context.time.hour > ${100 + n}`,
    `context has amount && context.amount > ${1_000_000 + n}`,
    `resource.server like "*-forbidden-${n}-*" && resource.changed`,
  ]
  return [
    `@id("bench-${n}")`,
    `@why("rule ${n} of the bench")`,
    `@why_zh("基准规则 ${n}")`,
    `forbid (principal, action, resource) when { ${conditions[n % conditions.length]} };`,
    "",
  ].join("\n")
}
