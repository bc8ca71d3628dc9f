export function leaveWebSockets(): void
