import { I18nProvider } from '@lingui/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { BrowserRouter } from 'react-router';
import { App } from './app.tsx';
import { env } from './env.ts';
import { createAccount } from './features/account/http.ts';
import { colourSystemBar } from './features/frame/theme.ts';
import { activateLocale, chosenLocale, i18n } from './i18n.ts';
import { createBrowserConnectivity } from './platform/connectivity.ts';
import { createInstall } from './platform/install.ts';
import { createNetwork } from './platform/network.ts';
import { createRememberedUser } from './platform/remembered-user.ts';
import { signedOutMark } from './platform/signed-out-mark.ts';
import { createUpdates } from './platform/updates.ts';
import { workerScript } from './platform/worker-script.ts';
import { ErrorBoundary } from './ui/error-boundary.tsx';
import './ui/base.css';

const network = createNetwork(createBrowserConnectivity());
const account = createAccount({ apiUrl: env.apiUrl, isCutOff: network.isCutOff });
const remembered = createRememberedUser();
const install = createInstall();
// Private windows of some browsers have no workers: the app then works like a page.
const mayWork = !env.isDevelopment && (navigator.serviceWorker as ServiceWorkerContainer | undefined) !== undefined;
const updates = mayWork
  ? createUpdates({ scriptUrl: workerScript('/sw.js'), isComposing, reload: () => location.reload() })
  : undefined;

/** Somebody is in the middle of a sentence: it is on the disk, but a reload would take the field from under their hands. */
function isComposing(): boolean {
  const field = document.activeElement;
  return document.visibilityState === 'visible' && field instanceof HTMLTextAreaElement && field.value !== '';
}

colourSystemBar();
// Both are on this device: the first paint waits for no network.
const [user] = await Promise.all([signedOutMark.isSet() ? undefined : remembered.get(), activateLocale(chosenLocale())]);

createRoot(document.querySelector('#root')!).render(
  <StrictMode>
    <I18nProvider i18n={i18n}>
      <BrowserRouter>
        {/* Panels hold their own faults; a fault of what stands around them must not leave an empty page. */}
        <ErrorBoundary onRetry={() => location.reload()}>
          <App
            account={account}
            remembered={remembered}
            network={network}
            updates={updates}
            install={install}
            initialUser={user}
          />
        </ErrorBoundary>
      </BrowserRouter>
    </I18nProvider>
  </StrictMode>,
);
