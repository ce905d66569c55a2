import { defineConfig } from '@hey-api/openapi-ts'

export default defineConfig({
  input: process.env['ARUS_OPENAPI'] ?? './openapi.json',
  output: { path: 'src/api', clean: true },
  plugins: [
    { name: '@hey-api/client-fetch', throwOnError: true },
    '@hey-api/typescript',
    '@hey-api/sdk',
    '@tanstack/react-query',
  ],
})
