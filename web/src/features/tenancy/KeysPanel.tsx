import { Button, Table } from '@mantine/core';
import type { ReactNode } from 'react';
import { Panel } from '../../components/Panel';
import { Empty } from '../../components/states';
import { Age, Time } from '../../components/Time';
import { readFragment, type FragmentType } from '../../gql';
import type { ShownKeyFragment } from '../../gql/graphql';
import { ShownKey } from './keyCommands';
import { permissionsInWords } from './keys';
import classes from './tenancy.module.css';

export type KeyOfList = FragmentType<typeof ShownKey> & { id: string };

/** Keys as rows: those that admit first, with what can be done to them; what ended stays, with the reason. */
export function KeysPanel({ title, note, keys, hasMore, isPast, onCreate, onRotate, onRevoke, empty }: {
  title: string;
  note: string;
  keys: readonly KeyOfList[];
  hasMore: boolean;
  isPast: boolean;
  onCreate?: () => void;
  onRotate?: (key: ShownKeyFragment) => void;
  onRevoke?: (key: ShownKeyFragment) => void;
  empty: ReactNode;
}) {
  const shown = readFragment(ShownKey, keys);
  const inOrder = [...shown.filter(isActive), ...shown.filter((key) => !isActive(key))];
  return (
    <Panel title={title} note={note} isFlush actions={onCreate && <Button size="xs" variant="default" onClick={onCreate}>New key</Button>}>
      {inOrder.length === 0 ? (
        <div className={classes.inset}><Empty title="There is no key yet">{empty}</Empty></div>
      ) : (
        <Table verticalSpacing={8}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Key</Table.Th>
              <Table.Th>May</Table.Th>
              <Table.Th>Made</Table.Th>
              <Table.Th>Last used</Table.Th>
              <Table.Th>Holds</Table.Th>
              <Table.Th><span className="visually-hidden">What can be done</span></Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {inOrder.map((key) => (
              <Table.Tr key={key.id}>
                <Table.Td className={classes.person}>
                  {nameOf(key)}
                  <div className="dim"><code>{key.prefix}…</code></div>
                </Table.Td>
                <Table.Td>
                  {permissionsInWords(key.permissions)}
                  {key.models.length > 0 && <div className="dim">for {key.models.map(({ name }) => name).join(', ')}</div>}
                </Table.Td>
                <Table.Td className={classes.moment}>
                  <Time at={key.createdAt} />
                  {key.createdBy.name && <div className="dim">by {key.createdBy.name}</div>}
                </Table.Td>
                <Table.Td>{key.lastUsedAt ? <Age at={key.lastUsedAt} isPast={isPast} /> : <span className="dim">never</span>}</Table.Td>
                <Table.Td className={classes.holding}><Holding of={key} /></Table.Td>
                <Table.Td>
                  {isActive(key) && (onRotate ?? onRevoke) && (
                    <div className={classes.buttons}>
                      {onRotate && <Button size="compact-xs" variant="default" aria-label={`Rotate ${nameOf(key)}`} onClick={() => onRotate(key)}>Rotate</Button>}
                      {onRevoke && <Button size="compact-xs" variant="default" aria-label={`Revoke ${nameOf(key)}`} onClick={() => onRevoke(key)}>Revoke</Button>}
                    </div>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      {hasMore && <p className={`${classes.more} dim`}>These are the newest 200; the API pages through all of them.</p>}
    </Panel>
  );
}

/** Until when a key admits, or since when no more and why; and how long its former secret does. */
function Holding({ of: key }: { of: ShownKeyFragment }) {
  if (key.state === 'REVOKED') {
    return (
      <>
        Revoked <Time at={key.revokedAt} />{key.revokedBy?.name && ` by ${key.revokedBy.name}`}
        {key.revokeReason && <div className="dim">{key.revokeReason}</div>}
      </>
    );
  }
  if (key.state === 'EXPIRED') return <>Expired <Time at={key.expiresAt} /></>;
  return (
    <>
      {key.expiresAt ? <>until <Time at={key.expiresAt} /></> : 'without end'}
      {key.formerEndsAt && <FormerSecret prefix={key.formerPrefix} endsAt={key.formerEndsAt} />}
    </>
  );
}

function FormerSecret({ prefix, endsAt }: { prefix: string | null | undefined; endsAt: string }) {
  return <div className="dim">its former secret <code>{prefix}…</code> until <Time at={endsAt} /></div>;
}

export function nameOf(key: { name?: string | null; prefix: string }): string {
  return key.name ?? `${key.prefix}…`;
}

function isActive(key: { state: string }): boolean {
  return key.state === 'ACTIVE';
}
