import { Loaded, LoadingRows } from '../../components/states';
import { useAsOf } from '../../components/useAsOf';
import { useCommand } from '../../components/useCommand';
import { useKeptQuery } from '../../components/useKeptQuery';
import { graphql } from '../../gql';
import { AskedOfKey, useAskedOfKey } from './AskedOfKey';
import { CreateKey, RevokeKey, RotateKey } from './keyCommands';
import { KeysPanel } from './KeysPanel';
import type { TenantOfTab } from './tenant';

const ProjectKeys = graphql(`
  query ProjectKeys($id: ID!, $asOf: AsOf) {
    apiKeys(projectId: $id, first: 200, asOf: $asOf) {
      pageInfo {
        hasNextPage
      }
      nodes {
        id
        ...ShownKey
      }
    }
    project(id: $id, asOf: $asOf) {
      id
      archivedAt
    }
  }
`);

/** By which keys programs work for a project. */
export function KeysTab({ id }: TenantOfTab) {
  const { asOf } = useAsOf();
  const [result, readAgain] = useKeptQuery({ query: ProjectKeys, variables: { id, asOf } });
  const read = () => readAgain({ requestPolicy: 'network-only' });
  const { asked, ask, close, onMade, onEnded } = useAskedOfKey(read);
  const create = useCommand(CreateKey, onMade);
  const rotate = useCommand(RotateKey, onMade);
  const revoke = useCommand(RevokeKey, onEnded);
  const isPast = asOf !== null;
  return (
    <>
      <Loaded what="The project’s keys" result={result} onRetry={read} loading={<LoadingRows rows={4} height={40} />}>
        {({ apiKeys, project }) => {
          const isInUse = !isPast && !project?.archivedAt;
          return (
            <KeysPanel
              title="API keys"
              note={project?.archivedAt ? 'The project is archived: its keys can be revoked, and no others made.' : 'A key is the project’s: it stays when whoever made it goes.'}
              keys={apiKeys.nodes}
              hasMore={apiKeys.pageInfo.hasNextPage}
              isPast={isPast}
              onCreate={isInUse ? () => ask({ kind: 'create' }) : undefined}
              onRotate={isInUse ? (key) => ask({ kind: 'rotate', key }) : undefined}
              onRevoke={isPast ? undefined : (key) => ask({ kind: 'revoke', key })}
              empty="A program is known by one: a service that sends its predictions, a pipeline that registers versions."
            />
          );
        }}
      </Loaded>
      <AskedOfKey
        asked={asked}
        onClose={close}
        projectId={id}
        whose="It works for this project alone, and names itself in all that it does."
        first="INGEST"
        create={[create, (key) => create.send({ input: { projectId: id, ...key } })]}
        rotate={[rotate, (keyId, overlapHours) => rotate.send({ input: { keyId, overlapHours } })]}
        revoke={[revoke, (keyId, reason) => revoke.send({ input: { keyId, reason } })]}
      />
    </>
  );
}
