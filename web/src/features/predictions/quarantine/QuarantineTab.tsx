import { Select } from '@mantine/core';
import { OnlyNow } from '../../../components/OnlyNow';
import { Empty, Loaded, LoadingRows } from '../../../components/states';
import { useParam } from '../../../components/useAsOf';
import { useKeptQuery } from '../../../components/useKeptQuery';
import { Panel } from '../../../components/Panel';
import type { Permission } from '../../../gql/graphql';
import { QuarantineOfModel } from './fragments';
import { PolicyBar } from './PolicyBar';
import { QuarantineList } from './QuarantineList';
import classes from './quarantine.module.css';

/** Rows that were not taken in as they were sent: why, and the way to mend them, send them again or throw them away. */
export function QuarantineTab({ modelId, permissions }: { modelId: string; permissions: readonly Permission[] }) {
  return <OnlyNow title="What lies in quarantine has no past"><Now modelId={modelId} permissions={permissions} /></OnlyNow>;
}

function Now({ modelId, permissions }: { modelId: string; permissions: readonly Permission[] }) {
  const [result, readAgain] = useKeptQuery({ query: QuarantineOfModel, variables: { id: modelId } });
  const [chosen, choose] = useParam('version');
  return (
    <Loaded
      what="The quarantine"
      result={result}
      onRetry={() => readAgain({ requestPolicy: 'network-only' })}
      loading={<Panel title="Quarantine"><LoadingRows rows={8} height={28} /></Panel>}
      isEmpty={(data) => (data.model?.versions.nodes.length ?? 0) === 0}
      empty={<Empty title="No version has been added">Rows are held against a version’s columns.</Empty>}
    >
      {({ model }) => {
        const versions = model?.versions.nodes ?? [];
        const version = versions.find(({ id }) => id === chosen) ?? versions.find(({ id }) => id === model?.production?.version.id) ?? versions[0];
        if (!model || !version) return null;
        return (
          <div className={classes.tab}>
            <PolicyBar modelId={model.id} policy={model.intakePolicy} mayChange={permissions.includes('WRITE_POLICY')} />
            <QuarantineList
              key={version.id}
              versionId={version.id}
              shape={{ columns: version.signature.columns, decides: version.signature.classes.length > 0 }}
              mayResubmit={permissions.includes('INGEST')}
              mayDiscard={permissions.includes('WRITE_REGISTRY')}
              chooser={versions.length > 1 && (
                <Select
                  size="xs"
                  label="Version"
                  allowDeselect={false}
                  data={versions.map(({ id, tag }) => ({ value: id, label: tag }))}
                  value={version.id}
                  onChange={(value) => choose(value ?? '')}
                  w={110}
                />
              )}
            />
          </div>
        );
      }}
    </Loaded>
  );
}
