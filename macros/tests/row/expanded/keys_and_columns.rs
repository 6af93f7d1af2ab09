// Row of AppsRow

#[automatically_derived]
impl ::countersign_runtime::__private::Row for AppsRow {
    const UNKNOWN: &'static str = "apps.unknown";
    fn read(
        __cells: &mut ::countersign_runtime::__private::Cells<'_>,
    ) -> ::core::option::Option<Self> {
        let app_id = __cells.take("app.id");
        let country_code = __cells.take("country.code");
        let document_updated = __cells.take("document.updated");
        let document_links = __cells.take("document.links");
        ::core::option::Option::Some(Self {
            app_id: app_id?,
            country_code: country_code?,
            document_updated: document_updated?,
            document_links: document_links?,
        })
    }
    fn key(&self) -> ::std::vec::Vec<::std::string::String> {
        ::std::vec![
            ::core::clone::Clone::clone(& self.app_id), ::core::clone::Clone::clone(&
            self.country_code)
        ]
    }
}

// Settings of Settings

#[automatically_derived]
impl ::countersign_runtime::__private::Settings for Settings {
    const PATHS: &'static [&'static str] = &["mode", "tables.apps", "tables.others"];
    const DEFAULTS: &'static [(&'static str, &'static str)] = &[("mode", "a")];
    const TABLES: &'static [&'static str] = &["tables.apps"];
    fn read(
        __tree: &::countersign_runtime::__private::SettingsTree,
    ) -> ::core::result::Result<
        Self,
        ::std::vec::Vec<::countersign_runtime::__private::SettingError>,
    > {
        let mut __errors = ::std::vec::Vec::new();
        let mode = ::countersign_runtime::__private::setting(
            __tree.text("mode", "a"),
            &mut __errors,
        );
        let apps = ::countersign_runtime::__private::table(
            __tree,
            "tables.apps",
            &mut __errors,
        );
        let others = ::countersign_runtime::__private::table(
            __tree,
            "tables.others",
            &mut __errors,
        );
        match (mode, apps, others) {
            (
                ::core::option::Option::Some(mode),
                ::core::option::Option::Some(apps),
                ::core::option::Option::Some(others),
            ) => {
                let __settings = Self { mode, apps, others };
                let _ = (&__settings.mode, &__settings.apps, &__settings.others);
                ::core::result::Result::Ok(__settings)
            }
            #[allow(unreachable_patterns)]
            _ => ::core::result::Result::Err(__errors),
        }
    }
}