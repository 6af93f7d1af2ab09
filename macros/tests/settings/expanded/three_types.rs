// Settings of Settings

#[automatically_derived]
impl ::countersign_runtime::__private::Settings for Settings {
    const PATHS: &'static [&'static str] = &["application.name", "show", "most"];
    const DEFAULTS: &'static [(&'static str, &'static str)] = &[
        ("application.name", "x"),
        ("show", "true"),
        ("most", "5"),
    ];
    const TABLES: &'static [&'static str] = &[];
    fn read(
        __tree: &::countersign_runtime::__private::SettingsTree,
    ) -> ::core::result::Result<
        Self,
        ::std::vec::Vec<::countersign_runtime::__private::SettingError>,
    > {
        let mut __errors = ::std::vec::Vec::new();
        let name = ::countersign_runtime::__private::setting(
            __tree.text("application.name", "x"),
            &mut __errors,
        );
        let show = ::countersign_runtime::__private::setting(
            __tree.boolean("show", true),
            &mut __errors,
        );
        let most = ::countersign_runtime::__private::setting(
            __tree.integer("most", 5),
            &mut __errors,
        );
        match (name, show, most) {
            (
                ::core::option::Option::Some(name),
                ::core::option::Option::Some(show),
                ::core::option::Option::Some(most),
            ) => {
                let __settings = Self { name, show, most };
                let _ = (&__settings.name, &__settings.show, &__settings.most);
                ::core::result::Result::Ok(__settings)
            }
            #[allow(unreachable_patterns)]
            _ => ::core::result::Result::Err(__errors),
        }
    }
}