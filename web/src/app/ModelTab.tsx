import { lazy } from 'react';
import type { Permission, TrustFiguresFragment } from '../gql/graphql';
import { TrustTab } from '../features/trust/TrustTab';
import type { LiveTrustReading } from '../features/trust/useLiveTrust';
import { NotFoundPage } from './NotFoundPage';

const measureTabs = () => import('../features/evaluations/MeasureTabs');
const DriftTab = lazy(async () => ({ default: (await measureTabs()).DriftTab }));
const FairnessTab = lazy(async () => ({ default: (await measureTabs()).FairnessTab }));
const PerformanceTab = lazy(async () => ({ default: (await measureTabs()).PerformanceTab }));
const QualityTab = lazy(async () => ({ default: (await measureTabs()).QualityTab }));
const DataTab = lazy(async () => ({ default: (await import('../features/predictions/explorer/DataTab')).DataTab }));
const QuarantineTab = lazy(async () => ({ default: (await import('../features/predictions/quarantine/QuarantineTab')).QuarantineTab }));
const EvaluationsTab = lazy(async () => ({ default: (await import('../features/evaluations/EvaluationList')).EvaluationsTab }));
const VersionsTab = lazy(async () => ({ default: (await import('../features/registry/VersionsTab')).VersionsTab }));
const ModelAlertsTab = lazy(async () => ({ default: (await import('../features/alerts/ModelAlerts')).ModelAlertsTab }));
const ModelTimelineTab = lazy(async () => ({ default: (await import('../features/audit/AuditPage')).ModelTimelineTab }));

/** The part of a model that the address names. */
export function ModelTab({ tab, modelId, permissions, live, score }: {
  tab: string;
  modelId: string;
  /** What the reader may do in the model's project, at the moment that is shown. */
  permissions: readonly Permission[];
  live: LiveTrustReading | null;
  score: TrustFiguresFragment | null;
}) {
  switch (tab) {
    case 'trust':
      return <TrustTab modelId={modelId} mayChange={permissions.includes('WRITE_POLICY')} live={live} score={score} />;
    case 'drift':
      return <DriftTab modelId={modelId} />;
    case 'fairness':
      return <FairnessTab modelId={modelId} />;
    case 'performance':
      return <PerformanceTab modelId={modelId} />;
    case 'data':
      return <DataTab modelId={modelId} permissions={permissions} />;
    case 'quality':
      return <QualityTab modelId={modelId} />;
    case 'quarantine':
      return <QuarantineTab modelId={modelId} permissions={permissions} />;
    case 'evaluations':
      return <EvaluationsTab modelId={modelId} mayAsk={permissions.includes('REQUEST_EVALUATION')} />;
    case 'versions':
      return <VersionsTab modelId={modelId} permissions={permissions} />;
    case 'alerts':
      return <ModelAlertsTab modelId={modelId} mayAdd={permissions.includes('WRITE_ALERTS')} />;
    case 'timeline':
      return <ModelTimelineTab modelId={modelId} mayAudit={permissions.includes('READ_AUDIT')} />;
    default:
      return <NotFoundPage />;
  }
}
