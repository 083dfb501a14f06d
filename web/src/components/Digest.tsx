import { CopyButton, Tooltip, UnstyledButton } from '@mantine/core';
import { shortDigest } from '../lib/format';

/** A digest by its first signs; the whole of it on asking, and into the clipboard with a click. */
export function Digest({ value }: { value: string | null | undefined }) {
  if (!value) return <span className="dim">–</span>;
  return (
    <CopyButton value={value}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? 'Copied' : value} events={{ hover: true, focus: true, touch: true }}>
          <UnstyledButton onClick={copy} aria-label={`Copy ${value}`}><code>{shortDigest(value)}</code></UnstyledButton>
        </Tooltip>
      )}
    </CopyButton>
  );
}
