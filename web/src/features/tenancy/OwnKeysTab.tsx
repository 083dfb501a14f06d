import { Loaded, LoadingRows } from '../../components/states';
import { useCommand } from '../../components/useCommand';
import { useKeptQuery } from '../../components/useKeptQuery';
import { graphql } from '../../gql';
import { AskedOfKey, useAskedOfKey } from './AskedOfKey';
import { CreateOwnKey, RevokeOwnKey, RotateOwnKey } from './keyCommands';
import { KeysPanel } from './KeysPanel';

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

/** By which keys the reader's own programs work. */
export function OwnKeysTab() {
  const [result, readAgain] = useKeptQuery({ query: OwnKeys });
  const read = () => readAgain({ requestPolicy: 'network-only' });
  const { asked, ask, close, onMade, onEnded } = useAskedOfKey(read);
  const create = useCommand(CreateOwnKey, onMade);
  const rotate = useCommand(RotateOwnKey, onMade);
  const revoke = useCommand(RevokeOwnKey, onEnded);
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
            onCreate={() => ask({ kind: 'create' })}
            onRotate={(key) => ask({ kind: 'rotate', key })}
            onRevoke={(key) => ask({ kind: 'revoke', key })}
            empty="One is for a notebook, a script, your own machine. A service has a key of its project, which outlives your membership."
          />
        )}
      </Loaded>
      <AskedOfKey
        asked={asked}
        onClose={close}
        projectId={null}
        whose="It reaches as far as you do, and what it does names it and you."
        first="READ"
        create={[create, (key) => create.send({ input: key })]}
        rotate={[rotate, (keyId, overlapHours) => rotate.send({ input: { keyId, overlapHours } })]}
        revoke={[revoke, (keyId, reason) => revoke.send({ input: { keyId, reason } })]}
      />
    </>
  );
}
