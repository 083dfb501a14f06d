import { useState } from 'react';
import type { KeyPermission } from '../../gql/graphql';
import type { Asking } from '../../components/useCommand';
import { CreateKeyDialog, type NewKey } from './CreateKeyDialog';
import { RevokeKeyDialog, RotateKeyDialog, ShownKeyDialog } from './KeyDialogs';
import { nameOf } from './KeysPanel';

type Asked =
  | { kind: 'create' }
  | { kind: 'rotate' | 'revoke'; key: { id: string; name?: string | null; prefix: string } }
  | { kind: 'shown'; text: string };

/** What is asked of keys, a dialog at a time; a key that was made is shown once, and the list is read again. */
export function useAskedOfKey(read: () => void) {
  const [asked, ask] = useState<Asked | null>(null);
  const close = () => ask(null);
  const onMade = ({ key }: { key: string }) => {
    ask({ kind: 'shown', text: key });
    read();
  };
  const onEnded = () => {
    close();
    read();
  };
  return { asked, ask, close, onMade, onEnded };
}

export function AskedOfKey({ asked, onClose, projectId, whose, first, create, rotate, revoke }: {
  asked: Asked | null;
  onClose: () => void;
  projectId: string | null;
  whose: string;
  first: KeyPermission;
  create: [command: Asking, send: (key: NewKey) => unknown];
  rotate: [command: Asking, send: (keyId: string, overlapHours: number) => unknown];
  revoke: [command: Asking, send: (keyId: string, reason: string) => unknown];
}) {
  switch (asked?.kind) {
    case 'create':
      return <CreateKeyDialog projectId={projectId} whose={whose} first={first} command={create[0]} onClose={onClose} onCreate={create[1]} />;
    case 'rotate':
      return <RotateKeyDialog name={nameOf(asked.key)} command={rotate[0]} onClose={onClose} onRotate={(hours) => rotate[1](asked.key.id, hours)} />;
    case 'revoke':
      return <RevokeKeyDialog name={nameOf(asked.key)} command={revoke[0]} onClose={onClose} onRevoke={(reason) => revoke[1](asked.key.id, reason)} />;
    case 'shown':
      return <ShownKeyDialog text={asked.text} note="Programs send it as “Authorization: Bearer” with each request." onClose={onClose} />;
    case undefined:
      return null;
  }
}
