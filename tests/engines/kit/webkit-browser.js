// The least browser around WebKitGTK that a driver may drive. WebKitGTK's own MiniBrowser forgets everything when it is driven;
// this one keeps its data in the folder it is given, so that it can be killed and opened again. Run by gjs.
imports.gi.versions.Gtk = '3.0';
imports.gi.versions.WebKit2 = '4.1';
const { Gtk, WebKit2 } = imports.gi;

Gtk.init(null);
const [folder] = ARGV;
const manager = new WebKit2.WebsiteDataManager({
  base_data_directory: `${folder}/data`,
  base_cache_directory: `${folder}/cache`,
});
const context = new WebKit2.WebContext({ website_data_manager: manager });
context.get_cookie_manager().set_persistent_storage(`${folder}/cookies.sqlite`, WebKit2.CookiePersistentStorage.SQLITE);
context.set_preferred_languages(['en-GB']);
context.set_automation_allowed(true);

// A session or a window nobody holds is collected, and the driver waits for it for ever.
const held = [];

context.connect('automation-started', (_context, session) => {
  const info = new WebKit2.ApplicationInfo();
  info.set_name('WebKitGTK');
  info.set_version(WebKit2.get_major_version(), WebKit2.get_minor_version(), WebKit2.get_micro_version());
  session.set_application_info(info);
  session.connect('create-web-view', openWindow);
  held.push(session);
});

function openWindow() {
  const view = new WebKit2.WebView({ web_context: context, is_controlled_by_automation: true });
  // A page that is kept for "back" while it writes locks its database for every other page: docs/decisions/0013-three-engines.md.
  view.get_settings().set_enable_page_cache(false);
  view.get_settings().set_enable_write_console_messages_to_stdout(true);
  const window = new Gtk.Window({ default_width: 1280, default_height: 800 });
  window.add(view);
  window.show_all();
  view.connect('close', () => window.destroy());
  held.push(window);
  return view;
}

Gtk.main();
