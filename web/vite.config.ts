import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import babel from '@rolldown/plugin-babel'
import { lingui, linguiTransformerBabelPreset } from '@lingui/vite-plugin'
import tailwindcss from '@tailwindcss/vite'
import { tanstackRouter } from '@tanstack/router-plugin/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { VitePWA } from 'vite-plugin-pwa'

const gateway = process.env['ARUS_GATEWAY'] ?? 'http://127.0.0.1:8080'

/** The frame of every page, with what Beranda and most others show, and what most of their parts stand on. */
const SHELL = new RegExp(
  `src/(${[
    'api/(client|core)/',
    'api/(sdk|client)\\.gen',
    'lib/(failure|format|http|kept|live|media|problem|queue|search)\\.',
    'app/(Brand|Guard|Reason|Shell|catalogue|client|keys|language|live|pages|roles|session|theme|unsent)\\.',
    'ui/(Button|Chart|Chip|OnDemand|Page|ScrollBox|States|StatusBadge|Toast)\\.',
  ].join('|')})|@base-ui/react/(${[
    'internals/(use-button|useOpenChangeComplete)',
    'floating-ui-react/components/FloatingPortal',
  ].join('|')})`,
)

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8')) as {
  version: string
}

export default defineConfig({
  base: '/app/',
  define: {
    'import.meta.env.VITE_VERSION': JSON.stringify(version),
    'import.meta.env.VITE_BUILT_ON': JSON.stringify(new Date().toISOString().slice(0, 10)),
  },
  resolve: { alias: { '@': fileURLToPath(new URL('src', import.meta.url)) } },
  plugins: [
    tanstackRouter({ target: 'react', autoCodeSplitting: true, quoteStyle: 'single', semicolons: false }),
    react(),
    lingui({ failOnMissing: process.env['NODE_ENV'] === 'production', failOnCompileError: true }),
    babel({ presets: [linguiTransformerBabelPreset()] }),
    tailwindcss(),
    VitePWA({
      registerType: 'prompt',
      scope: '/app/',
      manifest: {
        name: 'Arus',
        short_name: 'Arus',
        description: 'Catat, pantau, dan pahami setiap aliran.',
        lang: 'id',
        start_url: '/app/',
        scope: '/app/',
        display: 'standalone',
        background_color: '#ffffff',
        theme_color: '#0b5c6b',
        icons: [
          { src: 'icon-192.png', sizes: '192x192', type: 'image/png' },
          { src: 'icon-512.png', sizes: '512x512', type: 'image/png', purpose: 'any maskable' },
        ],
      },
      workbox: {
        globPatterns: ['**/*.{js,css,html,svg,png}'],
        // The gateway serves the page at /app/ and nowhere else.
        manifestTransforms: [
          entries => ({
            manifest: entries.map(entry => (entry.url === 'index.html' ? { ...entry, url: '/app/' } : entry)),
          }),
        ],
        navigateFallback: '/app/',
        // Only the console's own pages come from the cache: the API is never cached, so nobody reads another
        // person's data after a log-out.
        navigateFallbackAllowlist: [/^\/app(\/|$)/],
        runtimeCaching: [],
      },
    }),
  ],
  build: {
    target: 'es2022',
    manifest: true,
    sourcemap: false,
    rolldownOptions: {
      output: {
        // What is always needed together comes as one file: on a slow network each file costs a trip.
        codeSplitting: {
          groups: [
            {
              name: 'core',
              priority: 3,
              test: /node_modules\/(react|react-dom|scheduler|use-sync-external-store|clsx|idb|@lingui|@tanstack\/(react-router|router-core|history|store|react-store|query-core|react-query))\//,
            },
            { name: 'shell', priority: 2, test: SHELL },
            {
              name: 'list',
              priority: 1,
              test: /src\/(app\/(Listing|TableTools|narrowing|ordering|preferences)|ui\/(DataTable|WideTable|Cards|FilterBar|order))\.tsx?$|@tanstack\/[a-z]+-virtual/,
            },
          ],
        },
      },
    },
  },
  server: {
    proxy: {
      '/api': { target: gateway, ws: true },
      '/openapi.json': gateway,
    },
  },
  preview: { proxy: { '/api': { target: gateway, ws: true } } },
})
