// Settings of BankSettings

#[automatically_derived]
impl ::countersign_runtime::__private::Settings for BankSettings {
    const PATHS: &'static [&'static str] = &[
        "core.url",
        "core.password",
        "core.timeout",
        "core.connections",
        "core.nodes",
        "core.realm",
    ];
    const DEFAULTS: &'static [(&'static str, &'static str)] = &[
        ("core.timeout", "2s"),
        ("core.connections", "8"),
    ];
    const TABLES: &'static [&'static str] = &[];
    fn read(
        __tree: &::countersign_runtime::__private::SettingsTree,
    ) -> ::core::result::Result<
        Self,
        ::std::vec::Vec<::countersign_runtime::__private::SettingError>,
    > {
        let mut __errors = ::std::vec::Vec::new();
        let url = ::countersign_runtime::__private::setting(
            <String as ::countersign_runtime::__private::SettingValue>::read(
                __tree,
                "core.url",
                ::core::option::Option::None,
            ),
            &mut __errors,
        );
        let password = ::countersign_runtime::__private::setting(
            <Secret as ::countersign_runtime::__private::SettingValue>::read(
                __tree,
                "core.password",
                ::core::option::Option::None,
            ),
            &mut __errors,
        );
        let timeout = ::countersign_runtime::__private::setting(
            <Duration as ::countersign_runtime::__private::SettingValue>::read(
                __tree,
                "core.timeout",
                ::core::option::Option::Some("2s"),
            ),
            &mut __errors,
        );
        let connections = ::countersign_runtime::__private::setting(
            <u16 as ::countersign_runtime::__private::SettingValue>::read(
                __tree,
                "core.connections",
                ::core::option::Option::Some("8"),
            ),
            &mut __errors,
        );
        let nodes = ::countersign_runtime::__private::setting(
            <Vec<
                String,
            > as ::countersign_runtime::__private::SettingValue>::read(
                __tree,
                "core.nodes",
                ::core::option::Option::None,
            ),
            &mut __errors,
        );
        let realm = ::countersign_runtime::__private::setting(
            <Option<
                String,
            > as ::countersign_runtime::__private::SettingValue>::read(
                __tree,
                "core.realm",
                ::core::option::Option::None,
            ),
            &mut __errors,
        );
        match (url, password, timeout, connections, nodes, realm) {
            (
                ::core::option::Option::Some(url),
                ::core::option::Option::Some(password),
                ::core::option::Option::Some(timeout),
                ::core::option::Option::Some(connections),
                ::core::option::Option::Some(nodes),
                ::core::option::Option::Some(realm),
            ) => {
                let __settings = Self {
                    url,
                    password,
                    timeout,
                    connections,
                    nodes,
                    realm,
                };
                let _ = (
                    &__settings.url,
                    &__settings.password,
                    &__settings.timeout,
                    &__settings.connections,
                    &__settings.nodes,
                    &__settings.realm,
                );
                ::core::result::Result::Ok(__settings)
            }
            #[allow(unreachable_patterns)]
            _ => ::core::result::Result::Err(__errors),
        }
    }
}