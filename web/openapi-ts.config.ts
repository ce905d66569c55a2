import { $, defineConfig } from '@hey-api/openapi-ts'

export default defineConfig({
  input: process.env['ARUS_OPENAPI'] ?? './openapi.json',
  output: { path: 'src/api', clean: true },
  plugins: [
    { name: '@hey-api/client-fetch', throwOnError: true },
    '@hey-api/typescript',
    // The console signs in by its cookie, which the browser sends by itself.
    { name: '@hey-api/sdk', auth: false },
    '@tanstack/react-query',
    {
      // What a form checks before it sends; the server checks the same again.
      name: 'zod',
      compatibilityVersion: 'mini',
      requests: false,
      responses: false,
      $resolvers: {
        string(ctx) {
          if (ctx.schema.format === 'email') {
            // Intranets have addresses without a dot, and names outside ASCII: the server takes them.
            const { z } = ctx.symbols
            ctx.nodes.format = () =>
              $(z)
                .attr('email')
                .call($.object().prop('pattern', $(z).attr('regexes').attr('unicodeEmail')))
          }
          return undefined
        },
      },
    },
  ],
})
