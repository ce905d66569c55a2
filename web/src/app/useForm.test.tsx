import { cleanup, render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, test, vi } from 'vitest'
import { zNewProduct } from '@/api/zod.gen'
import { forgetKept, keptDraft } from '@/lib/kept'
import { ProblemError } from '@/lib/problem'
import { useForm } from './useForm'

const DRAFT = 'organisation.product.new'

type Send = (body: unknown) => Promise<unknown>

interface FormProps {
  send: Send
  done?: () => void
}

function ProductForm({ send, done }: FormProps) {
  const form = useForm({
    defaults: { code: '', name: '', kind: 'fuel', unit: 'L' },
    schema: zNewProduct,
    missing: { name: 'Isi nama produk.' },
    draft: DRAFT,
    secret: ['code'],
    send,
    done: () => done?.(),
  })
  return (
    <form aria-label="produk" onSubmit={form.onSubmit}>
      <p>{form.failure}</p>
      <input aria-label="nama" {...form.register('name')} />
      <p>{form.errorOf('name')}</p>
      <input aria-label="kode" {...form.register('code')} />
      <p>{form.errorOf('code')}</p>
      {form.restored && (
        <button type="button" onClick={form.startOver}>
          mulai dari awal
        </button>
      )}
      <button type="submit">simpan</button>
    </form>
  )
}

const field = (name: string) => screen.getByRole<HTMLInputElement>('textbox', { name })
const press = (name: string) => userEvent.click(screen.getByRole('button', { name }))

afterEach(() => {
  cleanup()
  forgetKept()
})

test('what is wrong is said at its field, the first one takes the focus, and nothing is sent', async () => {
  const send = vi.fn<Send>(() => Promise.resolve())
  render(<ProductForm send={send} />)
  await press('simpan')
  expect(screen.getByText('Isi nama produk.')).toBeTruthy()
  expect(document.activeElement).toBe(field('nama'))
  expect(send).not.toHaveBeenCalled()
})

test('a refusal of the server lands on the field it names, and what was typed stays', async () => {
  const refusal = new ProblemError(409, {
    errors: [{ field: 'code', code: 'already_exists', message: 'code sudah dipakai: SOLAR.' }],
  })
  render(<ProductForm send={() => Promise.reject(refusal)} />)
  await userEvent.type(field('nama'), 'Solar')
  await userEvent.type(field('kode'), 'SOLAR')
  await press('simpan')
  expect(await screen.findByText('Sudah dipakai: SOLAR.')).toBeTruthy()
  expect(field('nama').value).toBe('Solar')
})

test('pressing twice sends once', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const send = vi.fn<Send>(() => promise)
  const done = vi.fn<() => void>()
  render(<ProductForm send={send} done={done} />)
  await userEvent.type(field('nama'), 'Solar')
  await userEvent.type(field('kode'), 'SOLAR')
  await press('simpan')
  await press('simpan')
  resolve()
  await vi.waitFor(() => expect(done).toHaveBeenCalledTimes(1))
  expect(send).toHaveBeenCalledExactlyOnceWith(
    { code: 'SOLAR', name: 'Solar', kind: 'fuel', unit: 'L', is_active: true },
    expect.anything(),
  )
})

test('what was typed comes back until it is sent, without what is secret', async () => {
  const { unmount } = render(<ProductForm send={() => Promise.resolve()} />)
  await userEvent.type(field('nama'), 'Solar')
  await userEvent.type(field('kode'), 'SOLAR')
  unmount()
  render(<ProductForm send={() => Promise.resolve()} />)
  expect(field('nama').value).toBe('Solar')
  expect(field('kode').value).toBe('')
  await userEvent.type(field('kode'), 'SOLAR')
  await press('simpan')
  await vi.waitFor(() => expect(keptDraft(DRAFT)).toBeNull())
})

test('starting over empties the fields', async () => {
  const { unmount } = render(<ProductForm send={() => Promise.resolve()} />)
  await userEvent.type(field('nama'), 'Solar')
  unmount()
  render(<ProductForm send={() => Promise.resolve()} />)
  await press('mulai dari awal')
  expect(field('nama').value).toBe('')
  expect(screen.queryByRole('button', { name: 'mulai dari awal' })).toBeNull()
})
