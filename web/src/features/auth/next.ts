/** Where to go after signing in: only a place inside the console, so that a link cannot send people elsewhere. */
export function insideConsole(next: string | undefined): string {
  return next && /^\/(?![/\\])/.test(next) ? `/app${next}` : '/app/'
}
