import { Button, Select } from '@mantine/core';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { Empty, Loaded, LoadingBlock } from '../../../components/states';
import { useAsOf, useParam } from '../../../components/useAsOf';
import { useKeptQuery } from '../../../components/useKeptQuery';
import { graphql } from '../../../gql';
import type { Permission } from '../../../gql/graphql';
import { toLocalInput } from '../../../lib/time';
import { AddRowsDialog } from './AddRowsDialog';
import { CorrectionsPanel } from './CorrectionsPanel';
import { RowsPanel } from './RowsPanel';
import { VolumePanel } from './VolumePanel';
import classes from './explorer.module.css';

const ModelData = graphql(`
  query ModelData($id: ID!, $asOf: AsOf) {
    model(id: $id, asOf: $asOf) {
      id
      production {
        version {
          id
        }
      }
      versions(first: 200) {
        nodes {
          id
          tag
          signature {
            columns {
              name
              kind
            }
            classes
          }
        }
      }
    }
  }
`);

/** The rows of one version: how many over time, what they are, and adding some from a file. */
export function DataTab({ modelId, permissions }: { modelId: string; permissions: readonly Permission[] }) {
  const { asOf } = useAsOf();
  const [, setParams] = useSearchParams();
  const [wanted, choose] = useParam('version');
  const [isAdding, setAdding] = useState(false);
  const [taken, setTaken] = useState(0);
  const [result, readAgain] = useKeptQuery({ query: ModelData, variables: { id: modelId, asOf } });
  const model = result.data?.model;
  const versions = model?.versions.nodes ?? [];
  const shown = wanted || model?.production?.version.id;
  const version = versions.find(({ id }) => id === shown) ?? versions[0];
  const chooseWindow = (from: number, to: number) =>
    setParams(
      (before) => {
        const next = new URLSearchParams(before);
        next.set('from', toLocalInput(from));
        next.set('to', toLocalInput(to));
        return next;
      },
      { replace: true },
    );
  return (
    <Loaded
      what="The rows"
      result={result}
      onRetry={() => readAgain({ requestPolicy: 'network-only' })}
      loading={<LoadingBlock height={320} />}
      isEmpty={() => version === undefined}
      empty={<Empty title="No version has been added">Rows belong to a version: its signature says which columns they have.</Empty>}
    >
      {() => version && (
        <div className={classes.tab}>
          <div className={classes.bar}>
            <Select
              size="xs" label="Version" searchable allowDeselect={false} w={220} value={version.id}
              data={versions.map(({ id, tag }) => ({ value: id, label: tag }))}
              onChange={(id) => choose(id ?? '')}
            />
            {permissions.includes('INGEST') && <Button size="xs" onClick={() => setAdding(true)}>Add rows from a file…</Button>}
          </div>
          {asOf === null && <VolumePanel key={`volume ${version.id} ${taken}`} versionId={version.id} onChoose={chooseWindow} />}
          <RowsPanel key={`rows ${version.id} ${taken}`} versionId={version.id} columns={version.signature.columns} classNames={version.signature.classes} asOf={asOf} />
          <CorrectionsPanel key={`corrections ${version.id} ${taken}`} versionId={version.id} asOf={asOf} />
          {isAdding && (
            <AddRowsDialog
              version={{ id: version.id, tag: version.tag, columns: version.signature.columns, decides: version.signature.classes.length > 0 }}
              onClose={() => setAdding(false)}
              onTaken={() => setTaken((before) => before + 1)}
            />
          )}
        </div>
      )}
    </Loaded>
  );
}
