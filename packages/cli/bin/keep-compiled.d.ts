export function keepCompiled(dataFolder: string): void
export function keepCompiledOf(argv: readonly string[]): void
