/** Roles as people read them; the table of what each may do is the contract's (permissions.yaml). */
import { i18n, type MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import table from './permissions.json'

export interface RoleWords {
  name: MessageDescriptor
  may: MessageDescriptor
}

export const ROLES: Readonly<Record<string, RoleWords>> = {
  owner: { name: msg`Pemilik`, may: msg`Semua, juga menunjuk pemilik lain.` },
  admin: { name: msg`Admin`, may: msg`Semua di organisasi ini.` },
  operator: { name: msg`Operator`, may: msg`Mencatat BBM dan melihat monitoring.` },
  analyst: {
    name: msg`Analis`,
    may: msg`Mengunggah data, menangani insiden dan kasus, mengoreksi bacaan meter, membuat laporan.`,
  },
  viewer: { name: msg`Pembaca`, may: msg`Membaca, tanpa mengubah apa pun.` },
  reporter: { name: msg`Pelapor`, may: msg`Membaca semuanya dan membuat laporan.` },
  sppg_head: { name: msg`Kepala SPPG`, may: msg`Menu, stok, dan staf dapurnya.` },
  nutritionist: { name: msg`Ahli gizi`, may: msg`Menu dan gizi.` },
  warehouse_staff: { name: msg`Staf gudang`, may: msg`Stok, penerimaan barang, dan penerimaan BBM.` },
  procurement: { name: msg`Pengadaan`, may: msg`Pemasok, kontrak, dan pembelian.` },
  supplier: { name: msg`Pemasok`, may: msg`Datanya sendiri.` },
  driver: { name: msg`Pengemudi`, may: msg`Pengirimannya sendiri.` },
}

/** Roles a person is given; those of machines belong to keys. */
export const PEOPLE: readonly string[] = Object.keys(ROLES).filter(role => role !== 'owner')

export const MACHINES: Readonly<Record<string, RoleWords>> = {
  service: { name: msg`Layanan`, may: msg`Mencatat dan membaca dari sistem lain.` },
  device: { name: msg`Perangkat`, may: msg`Mengirim bacaan sensor.` },
  viewer: { name: msg`Pembaca`, may: msg`Membaca, tanpa mengubah apa pun.` },
}

/** What a role is called; one this console does not know goes by its own name. */
export function roleWord(role: string): string {
  const words = ROLES[role] ?? MACHINES[role]
  return words ? i18n._(words.name) : role
}

/** The roles of people that may do all of this. */
export function rolesThatMay(needs: readonly { resource: string; action: string }[]): string[] {
  return Object.keys(ROLES).filter(role => needs.every(need => allows(role, need)))
}

function allows(role: string, { resource, action }: { resource: string; action: string }): boolean {
  const held = (table as Record<string, Record<string, string>>)[role] ?? {}
  const actions = (held[resource] ?? '') + (held['*'] ?? '')
  return actions.includes('*') || actions.includes(action)
}
