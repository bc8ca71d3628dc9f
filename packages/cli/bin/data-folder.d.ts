export function defaultDataFolder(environment?: NodeJS.ProcessEnv): string
