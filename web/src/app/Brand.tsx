/** The mark: two currents. */
export function Mark({ className = 'size-7' }: { className?: string }) {
  return (
    <svg viewBox="0 0 64 64" aria-hidden className={className}>
      <rect width="64" height="64" rx="14" className="fill-[#0b5c6b]" />
      <g fill="none" strokeWidth="5" strokeLinecap="round">
        <path d="M12 24c7-7 13-7 20 0s13 7 20 0" className="stroke-[#ffffff]" />
        <path d="M12 40c7-7 13-7 20 0s13 7 20 0" className="stroke-[#5cc7d8]" />
      </g>
    </svg>
  )
}
