import { Button } from '@mantine/core';
import { useState } from 'react';
import { Panel } from '../../components/Panel';
import { PlaceLink } from '../../components/PlaceLink';
import { paths } from '../../components/paths';
import { Empty, Loaded, LoadingRows } from '../../components/states';
import { useAsOf } from '../../components/useAsOf';
import { useKeptQuery } from '../../components/useKeptQuery';
import { graphql, readFragment, type FragmentType } from '../../gql';
import type { Permission } from '../../gql/graphql';
import { count } from '../../lib/format';
import { BaselineDialog } from './BaselineDialog';
import { ColumnsPanel } from './ColumnsPanel';
import { DeploymentList } from './DeploymentList';
import { PromoteDialog, RollBackDialog } from './DeploymentDialogs';
import { PlanDialog } from './PlanDialog';
import { VersionCard, VersionFigures } from './VersionCard';
import classes from './VersionsTab.module.css';

const PAGE = 50;

const VersionsAndDeployments = graphql(`
  query VersionsAndDeployments($id: ID!, $first: Int!, $asOf: AsOf) {
    model(id: $id, asOf: $asOf) {
      id
      name
      deployments {
        ...DeploymentFigures
      }
      production {
        version {
          id
          tag
        }
      }
      versions(first: $first) {
        totalCount
        nodes {
          id
          tag
          baseline {
            rows
          }
          ...VersionFigures
        }
      }
      marks {
        position
        recordedAt
        kind
        text
      }
    }
  }
`);

/** Those of all versions, in the order of the newest. */
function columnNames(versions: readonly FragmentType<typeof VersionFigures>[]): string[] {
  const columns = versions.flatMap((version) => readFragment(VersionFigures, version).signature.columns);
  return [...new Set(columns.map((column) => column.name))];
}

/** What serves where, every version with its signature and baseline, and the two ways to change what serves. */
export function VersionsTab({ modelId, permissions }: { modelId: string; permissions: readonly Permission[] }) {
  const { asOf } = useAsOf();
  const [promoting, setPromoting] = useState<{ id: string; tag: string } | null>(null);
  const [settingOf, setSettingOf] = useState<string | null>(null);
  const [planningOf, setPlanningOf] = useState<string | null>(null);
  const [isRollingBack, setRollingBack] = useState(false);
  const [result, readAgain] = useKeptQuery({ query: VersionsAndDeployments, variables: { id: modelId, first: PAGE, asOf } });
  const read = () => readAgain({ requestPolicy: 'network-only' });
  const model = result.data?.model;
  const canChange = permissions.includes('WRITE_REGISTRY');
  return (
    <div className={classes.tab}>
      <Panel
        title="What serves where"
        actions={canChange && model?.production && (
          <Button size="xs" variant="default" onClick={() => setRollingBack(true)}>Roll production back…</Button>
        )}
      >
        <Loaded
          what="The deployments"
          result={result}
          onRetry={read}
          loading={<LoadingRows rows={4} />}
          isEmpty={(data) => (data.model?.deployments.length ?? 0) === 0}
          empty={<Empty title="Nothing is deployed">{canChange ? 'Promote a version; what serves then is monitored.' : 'What serves is monitored.'}</Empty>}
        >
          {(data) => data.model && <DeploymentList deployments={data.model.deployments} marks={data.model.marks} mayAudit={permissions.includes('READ_AUDIT')} />}
        </Loaded>
      </Panel>
      <Loaded
        what="The versions"
        result={result}
        onRetry={read}
        loading={<Panel title="Versions"><LoadingRows rows={6} /></Panel>}
        isEmpty={(data) => (data.model?.versions.nodes.length ?? 0) === 0}
        empty={<Panel title="Versions"><Empty title="No version has been added">A version says which columns go in and which decisions come out.{' '}{canChange && <PlaceLink to={paths.sendTo(modelId)}>Add the first</PlaceLink>}</Empty></Panel>}
      >
        {(data) => (
          <div className={classes.versions}>
            {data.model?.versions.nodes.map((version) => (
              <VersionCard
                key={version.id}
                version={readFragment(VersionFigures, version)}
                onPromote={canChange ? () => setPromoting({ id: version.id, tag: version.tag }) : null}
                onBaseline={canChange ? () => setSettingOf(version.id) : null}
                onPlan={permissions.includes('WRITE_POLICY') && asOf === null ? () => setPlanningOf(version.id) : null}
              />
            ))}
            <ColumnsPanel modelId={modelId} names={columnNames(data.model?.versions.nodes ?? [])} mayDescribe={canChange && asOf === null} />
            {(data.model?.versions.totalCount ?? 0) > PAGE && (
              <p className="dim">These are {count(PAGE)} of {count(data.model?.versions.totalCount)} versions; the API answers with all of them.</p>
            )}
          </div>
        )}
      </Loaded>
      {model?.versions.nodes.filter((each) => each.id === settingOf).map((each) => (
        <BaselineDialog key={each.id} version={readFragment(VersionFigures, each)} onClose={() => setSettingOf(null)} onDone={read} />
      ))}
      {model?.versions.nodes.filter((each) => each.id === planningOf).map((each) => (
        <PlanDialog key={each.id} version={readFragment(VersionFigures, each)} onClose={() => setPlanningOf(null)} onDone={read} />
      ))}
      {model && promoting && (
        <PromoteDialog
          modelName={model.name}
          version={promoting}
          serving={model.production?.version.tag ?? null}
          hasBaseline={model.versions.nodes.some((each) => each.id === promoting.id && each.baseline !== null)}
          onClose={() => setPromoting(null)}
          onDone={read}
        />
      )}
      {model?.production && isRollingBack && (
        <RollBackDialog
          model={{ id: model.id, name: model.name }}
          serving={model.production.version.tag}
          onClose={() => setRollingBack(false)}
          onDone={read}
        />
      )}
    </div>
  );
}
