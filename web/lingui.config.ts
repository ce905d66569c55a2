import { defineConfig } from '@lingui/cli'

export default defineConfig({
  sourceLocale: 'id',
  locales: ['id', 'en'],
  catalogs: [{ path: '<rootDir>/src/locales/{locale}/messages', include: ['src'] }],
  orderBy: 'message',
})
