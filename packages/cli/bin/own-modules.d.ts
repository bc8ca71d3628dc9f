export function ownModule(specifier: string, parent: string | undefined): string | undefined
export function findOwnModules(): void
