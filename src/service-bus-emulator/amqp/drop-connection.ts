import type { Connection } from 'rhea'

/** Breaks a connection without a word. */
export function dropConnection({ connection }: { readonly connection: Connection }): void {
  ;(connection as unknown as { readonly socket: { destroy(): void } }).socket.destroy()
}
