import { useState } from 'react';
import { Loaded, LoadingRows } from '../../components/states';
import { useCommand } from '../../components/useCommand';
import { useKeptQuery } from '../../components/useKeptQuery';
import { graphql } from '../../gql';
import { CreateKeyDialog } from './CreateKeyDialog';
import { CreateOwnKey, RevokeOwnKey, RotateOwnKey } from './keyCommands';
import { RevokeKeyDialog, RotateKeyDialog, ShownKeyDialog } from './KeyDialogs';
import { KeysPanel, nameOf } from './KeysPanel';

const OwnKeys = graphql(`
  query OwnKeys {
    ownApiKeys(first: 200) {
      pageInfo {
        hasNextPage
      }
      nodes {
        id
        ...ShownKey
      }
    }
  }
`);

type Asked = { kind: 'create' } | { kind: 'rotate' | 'revoke'; key: { id: string; name?: string | null; prefix: string } } | { kind: 'shown'; text: string };

/** By which keys the reader's own programs work. */
export function OwnKeysTab() {
  const [result, readAgain] = useKeptQuery({ query: OwnKeys });
  const [asked, setAsked] = useState<Asked | null>(null);
  const read = () => readAgain({ requestPolicy: 'network-only' });
  const close = () => setAsked(null);
  const show = ({ key }: { key: string }) => {
    setAsked({ kind: 'shown', text: key });
    read();
  };
  const create = useCommand(CreateOwnKey, show);
  const rotate = useCommand(RotateOwnKey, show);
  const revoke = useCommand(RevokeOwnKey, () => {
    close();
    read();
  });
  return (
    <>
      <Loaded what="Your keys" result={result} onRetry={read} loading={<LoadingRows rows={4} height={40} />}>
        {({ ownApiKeys }) => (
          <KeysPanel
            title="Your API keys"
            note="A program with one does what you may do at that time, as far as the key allows it, and never more."
            keys={ownApiKeys.nodes}
            hasMore={ownApiKeys.pageInfo.hasNextPage}
            isPast={false}
            onCreate={() => setAsked({ kind: 'create' })}
            onRotate={(key) => setAsked({ kind: 'rotate', key })}
            onRevoke={(key) => setAsked({ kind: 'revoke', key })}
            empty="One is for a notebook, a script, your own machine. A service has a key of its project, which outlives your membership."
          />
        )}
      </Loaded>
      {asked?.kind === 'create' && (
        <CreateKeyDialog
          projectId={null}
          whose="It reaches as far as you do, and what it does names it and you."
          first="READ"
          command={create}
          onClose={close}
          onCreate={(key) => create.send({ input: key })}
        />
      )}
      {asked?.kind === 'rotate' && (
        <RotateKeyDialog name={nameOf(asked.key)} command={rotate} onClose={close} onRotate={(overlapHours) => rotate.send({ input: { keyId: asked.key.id, overlapHours } })} />
      )}
      {asked?.kind === 'revoke' && (
        <RevokeKeyDialog name={nameOf(asked.key)} command={revoke} onClose={close} onRevoke={(reason) => revoke.send({ input: { keyId: asked.key.id, reason } })} />
      )}
      {asked?.kind === 'shown' && <ShownKeyDialog text={asked.text} note="Programs send it as “Authorization: Bearer” with each request." onClose={close} />}
    </>
  );
}
