declare module '*.po' {
  import type { Messages } from '@lingui/core'
  export const messages: Messages
}

interface ImportMetaEnv {
  readonly VITE_VERSION: string
  /** The day of the build, YYYY-MM-DD. */
  readonly VITE_BUILT_ON: string
}
