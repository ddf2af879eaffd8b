-- The written forms of values. Every macro takes what a cell states and gives NULL for what it
-- cannot read; a cell that is stated but reads as NULL is a problem of its row.
-- The common form is tried first, so that the forms nobody writes cost nothing.
-- A list of one element names a value once, so that it is worked out once and planned once.

-- Invisible characters out, spaces off both ends.
CREATE MACRO visible(x) AS
    CASE WHEN strlen(x) = length(x) THEN trim(x, E' \t\r\n')
         ELSE trim(regexp_replace(nfc_normalize(x),
              '[\x{200B}-\x{200F}\x{202A}-\x{202E}\x{2060}-\x{2064}\x{FEFF}\x{00AD}]', '', 'g'),
              E' \t\r\n' || chr(160) || chr(12288) || chr(8201) || chr(8239)) END;
-- The same, looking closer only at texts that may need it.
CREATE MACRO tidy(x) AS
    CASE WHEN strlen(x) = length(x) AND x >= '!' AND x[-1] >= '!' THEN x ELSE visible(x) END;
-- Excel's text guards ('1 and ="1") off.
CREATE MACRO unguarded(x) AS
    coalesce(nullif(regexp_extract(x, '^="(.*)"$', 1), ''),
             nullif(regexp_extract(x, '^''([0-9.,$%/: -]+|[=+@-].*)$', 1), ''), x);
-- What a visible text states; NULL when it says nothing. `--` is "not applicable", never 0.
-- Whatever begins with a digit or a dollar states itself, and so does every longer text without a
-- guard.
CREATE MACRO stated(x) AS
    CASE WHEN x >= '0' AND x < '=' THEN x
         WHEN x >= '>' AND strlen(x) > 6 THEN x
         WHEN x >= '$' AND x < '%' THEN x
         WHEN x IN ('', '--', '-', '—', '——', '–', '/', 'N/A', 'n/a', 'NULL', 'null', 'None', 'nan', 'NaN') THEN NULL
         WHEN x[1] IN ('''', '=') THEN unguarded(x) ELSE x END;
-- What a cell states that is seldom looked at so closely.
CREATE MACRO stated_slow(x) AS list_transform([tidy(x)], lambda seen: stated(seen))[1];

-- Full-width digits and signs as plain ones; every kind of minus and space as one.
CREATE MACRO plain(x) AS
    translate(x, '０１２３４５６７８９．，％＋－−‐–（）￥＄' || chr(160) || chr(8239) || chr(8201) || '’',
                 '0123456789.,%+----()¥$' || '   ' || '''');

-- The sign of a number: in front, before or behind the mark, or in brackets as accountants do.
CREATE MACRO sign_of(x) AS
    CASE WHEN contains(x, '-') OR regexp_full_match(x, '\(.*\)') THEN -1 ELSE 1 END;
-- Everything that is neither digit, separator, sign nor bracket: a currency, a unit.
CREATE MACRO mark_of(x) AS lower(regexp_replace(x, '[0-9.,''\s()+-]', '', 'g'));
-- At most one sign and one run of digits.
CREATE MACRO has_one_number(x) AS
    regexp_full_match(x, '[^0-9+-]*[+-]?[^0-9+-]*[0-9][0-9.,'' ]*[^0-9+-]*') AND NOT regexp_matches(x, '[.,]{2}');
-- A written number taken apart; only numbers that are not plainly written come this far.
CREATE MACRO parts_of(x) AS
    list_transform([plain(x)], lambda p: {
        'sign': CASE WHEN has_one_number(p) THEN sign_of(p) END,
        'digits': regexp_extract(p, '[0-9][0-9.,'' ]*[0-9]|[0-9]', 0),
        'mark': mark_of(p)})[1];

-- Digits with separators as a plain decimal text. A comma or dot is a thousands mark where it
-- stands before every group of three and no nought leads; `1.234` is a decimal unless the
-- currency writes dots.
CREATE MACRO decimal_text(d, dots) AS
    CASE WHEN regexp_full_match(d, '[0-9]+(\.[0-9]+)?') AND NOT (dots AND regexp_full_match(d, '[1-9][0-9]{0,2}(\.[0-9]{3})+'))
             THEN d
         WHEN regexp_full_match(d, '[1-9][0-9]{0,2}([, ''][0-9]{3})+(\.[0-9]+)?')
             AND NOT (dots AND regexp_full_match(d, '[0-9]+,[0-9]{3}'))
             THEN translate(d, ', ''', '')
         WHEN regexp_full_match(d, '[1-9][0-9]{0,2}([. ''][0-9]{3}){2,}(,[0-9]+)?')
              OR regexp_full_match(d, '[1-9][0-9]{0,2}([. ''][0-9]{3})+,[0-9]+')
              OR (dots AND regexp_full_match(d, '[1-9][0-9]{0,2}(\.[0-9]{3})+(,[0-9]+)?'))
             THEN replace(translate(d, '. ''', ''), ',', '.')
         WHEN regexp_full_match(d, '[0-9]+,[0-9]{1,2}') OR (dots AND regexp_full_match(d, '[0-9]+,[0-9]+'))
             THEN replace(d, ',', '.') END;
CREATE MACRO amount_of(n, dots, unit) AS
    n.sign * try_cast(decimal_text(n.digits, dots) AS DECIMAL(28, 6)) * unit;

-- 万 and 亿, thousands and millions.
CREATE MACRO unit_of(mark) AS
    CASE mark WHEN '' THEN 1 WHEN 'k' THEN 1000 WHEN 'm' THEN 1000000 WHEN 'b' THEN 1000000000
              WHEN '千' THEN 1000 WHEN '万' THEN 10000 WHEN '萬' THEN 10000
              WHEN '百万' THEN 1000000 WHEN '亿' THEN 100000000 WHEN '億' THEN 100000000 END;

-- A count `n` that reads back as it is written.
CREATE MACRO plain_count(x, n) AS CASE WHEN CAST(n AS VARCHAR) = x THEN n END;
-- A day `d` that reads back as it is written: year, month and day, two dashes.
CREATE MACRO plain_date(x, d) AS CASE WHEN strlen(x) = 10 AND CAST(d AS VARCHAR) = x THEN d END;
-- An id that is a number as platforms give them.
CREATE MACRO plain_id(x) AS CASE WHEN strlen(x) <= 200 AND regexp_full_match(x, '[0-9]{12,}') THEN x END;
-- A count: whole, with or without thousands marks and units. `12.0` is what spreadsheets make
-- of 12; `1.5` is no count.
CREATE MACRO count_slow(x) AS
    list_transform(list_transform([parts_of(x)], lambda n: amount_of(n, false, unit_of(n.mark))),
                   lambda d: CASE WHEN d = floor(d) THEN try_cast(d AS BIGINT) END)[1];
CREATE MACRO count_value(x) AS
    CASE WHEN regexp_full_match(x, '[0-9]{1,18}') THEN CAST(x AS BIGINT)
         WHEN regexp_full_match(x, '[0-9]{1,3}(,[0-9]{3})+') THEN try_cast(replace(x, ',', '') AS BIGINT)
         ELSE count_slow(x) END;

-- A quantity: a count that may be below nothing, where something came back.
CREATE MACRO quantity_value(x) AS count_value(x);

-- A ratio. `5.93%` and `0.0593` are the same; more than 100 % is legal.
CREATE MACRO ratio_slow(x) AS
    list_transform([parts_of(x)], lambda n:
        CASE n.mark WHEN '%' THEN CAST(amount_of(n, false, 1) AS DOUBLE) / 100
                    WHEN '' THEN CAST(amount_of(n, false, 1) AS DOUBLE) END)[1];
CREATE MACRO ratio_value(x) AS
    CASE WHEN regexp_full_match(x, '[0-9]{1,9}(\.[0-9]{1,9})?%') THEN CAST(rtrim(x, '%') AS DOUBLE) / 100
         WHEN regexp_full_match(x, '[0-9](\.[0-9]{1,17})?([eE]-[0-9]{1,2})?') THEN CAST(x AS DOUBLE)
         ELSE ratio_slow(x) END;
-- A bare number above 1 may mean a ratio or a percentage: nobody can tell.
CREATE MACRO says_percent(x) AS contains(x, '%') OR contains(x, '％');

-- A commission rate in basis points. Exports print `15%`, or percent numbers (`15`); between
-- 0 and 1 a bare number may be either, so it is not read.
CREATE MACRO rate_value(x) AS
    CASE WHEN says_percent(x) THEN CAST(round(ratio_slow(x) * 10000) AS INTEGER)
         WHEN try_cast(x AS DOUBLE) = 0 THEN 0
         WHEN try_cast(x AS DOUBLE) BETWEEN 1 AND 100 THEN CAST(round(CAST(x AS DOUBLE) * 100) AS INTEGER) END;

-- A number of major units as minor units, half to even.
CREATE MACRO to_minor(d, exponent) AS
    CAST(round_even(CAST(d * CAST(power(10, exponent) AS INTEGER) AS DOUBLE), 0) AS BIGINT);

-- An amount in minor units, written with no mark or one of the currency's own. What a currency
-- is like comes as arguments: its `exponent`, whether it writes `dots` between thousands, whether
-- `$` is its mark, and a regular expression of all its `marks`.
CREATE MACRO money_unit(mark) AS
    CASE WHEN is_money_mark(mark) THEN 1 ELSE unit_of(without_money_mark(mark)) END;
CREATE MACRO is_written_with(mark, marks) AS
    unit_of(mark) IS NOT NULL OR
    regexp_full_match(mark, '(k|m|b|千|万|萬|百万|亿|億)?' || marks || '(k|m|b|千|万|萬|百万|亿|億)?');
CREATE MACRO money_slow(x, exponent, dots, marks) AS
    list_transform([parts_of(x)], lambda n:
        CASE WHEN is_written_with(n.mark, marks)
             THEN to_minor(amount_of(n, dots, money_unit(n.mark)), exponent) END)[1];
CREATE MACRO is_dollars(x) AS
    x >= '$' AND x < '%' AND regexp_full_match(x, '\$([0-9]{1,12}|[0-9]{1,3}(,[0-9]{3}){1,3})(\.[0-9]{1,2})?');
CREATE MACRO is_bare_amount(x) AS x >= '0' AND x < ':' AND regexp_full_match(x, '[0-9]{1,13}(\.[0-9]{1,2})?');
CREATE MACRO cents_of_dollars(x) AS CAST(replace(substring(x, 2), ',', '') AS DECIMAL(18, 2));
-- An amount as most write it: a dollar in front and commas, or nothing but a point.
CREATE MACRO plain_money(x, exponent, dots, dollar) AS
    CASE WHEN dollar AND is_dollars(x) THEN to_minor(cents_of_dollars(x), exponent)
         WHEN NOT dots AND is_bare_amount(x) THEN to_minor(CAST(x AS DECIMAL(18, 2)), exponent) END;
CREATE MACRO money_value(x, exponent, dots, dollar, marks) AS
    CASE WHEN x IS NULL THEN NULL  -- the branches below run on rows that state something only
         WHEN dollar AND is_dollars(x) THEN to_minor(cents_of_dollars(x), exponent)
         WHEN NOT dots AND is_bare_amount(x) THEN to_minor(CAST(x AS DECIMAL(18, 2)), exponent)
         ELSE money_slow(x, exponent, dots, marks) END;
-- A price of one item in millionths of the major unit; what is finer is rounded, half to even.
CREATE MACRO to_micros(d) AS CAST(round_even(CAST(d * 1000000 AS DOUBLE), 0) AS BIGINT);
CREATE MACRO price_slow(x, dots, marks) AS
    list_transform([parts_of(x)], lambda n: CASE WHEN is_written_with(n.mark, marks)
        THEN to_micros(n.sign * try_cast(decimal_text(n.digits, dots) AS DECIMAL(28, 10)) * money_unit(n.mark)) END)[1];
CREATE MACRO price_value(x, dots, marks) AS
    CASE WHEN regexp_full_match(x, '[0-9]{1,9}(\.[0-9]{1,6})?') AND NOT dots
             THEN CAST(CAST(x AS DECIMAL(15, 6)) * 1000000 AS BIGINT)
         ELSE price_slow(x, dots, marks) END;
-- Written with another currency's mark.
CREATE MACRO money_of_another(x, marks) AS
    list_transform([mark_of(plain(x))], lambda m:
        money_unit(m) IS NOT NULL AND NOT is_written_with(m, marks))[1];
-- A range such as `$1K-$5K`, shown where a creator did not agree to exact figures.
CREATE MACRO is_range(x) AS regexp_full_match(x, '[^0-9-]*[0-9][^-–~]*[-–~][^0-9-]*[0-9].*');

-- An id as text. Digits that went through a float are gone for good.
CREATE MACRO lost_digits(x) AS
    regexp_full_match(x, '[0-9](\.[0-9]+)?[eE]\+?[0-9]+') OR regexp_full_match(x, '[0-9]{16,}\.0*');
CREATE MACRO id_value(x) AS
    CASE WHEN strlen(x) <= 200 AND NOT (contains(x, '.') OR contains(x, 'e') OR contains(x, 'E')) THEN x
         WHEN lost_digits(x) THEN NULL
         WHEN regexp_full_match(x, '[0-9]{1,15}\.0+') THEN split_part(x, '.', 1)
         WHEN length(x) <= 200 THEN x END;
CREATE MACRO ids_value(x) AS
    CASE WHEN regexp_full_match(x, '[0-9]{1,15}(\.0+)?|[0-9]{16,20}') THEN [id_value(x)]
         WHEN NOT regexp_matches(x, '[eE]\+') THEN
             list_filter(regexp_split_to_array(x, '[,;，；、\s|]+'), lambda i: i <> '') END;
CREATE MACRO content_id_of_link(x) AS
    nullif(regexp_extract(x, '/(?:video|photo|live)/([0-9]{5,25})', 1), '');
CREATE MACRO handle_value(x) AS
    CASE WHEN starts_with(x, '@') THEN nullif(lower(ltrim(x, '@')), '') ELSE lower(x) END;

-- Dates and times without a zone. `day_order` is DMY, MDY or YMD and only decides 03/08/2026;
-- a year in front explains itself. Five digits are the day number of spreadsheets.
CREATE MACRO reordered(x, day_order) AS
    CASE WHEN day_order = 'DMY' THEN regexp_replace(x, '^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})', '\3-\2-\1')
         WHEN day_order = 'MDY' THEN regexp_replace(x, '^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})', '\3-\1-\2') END;
CREATE MACRO unhanned(x) AS
    regexp_replace(regexp_replace(x, '^(\d{4})[/.年](\d{1,2})[/.月](\d{1,2})日?', '\1-\2-\3'), '\s+', ' ');
CREATE MACRO half_day_time(x) AS try_strptime(x, ['%Y-%m-%d %I:%M:%S %p', '%Y-%m-%d %I:%M %p']);
CREATE MACRO time_slow(x, day_order) AS
    CASE WHEN regexp_full_match(x, '[2-6]\d{4}(\.\d+)?')
             THEN TIMESTAMP '1899-12-30' + to_seconds(CAST(round(CAST(x AS DOUBLE) * 86400) AS BIGINT))
         WHEN regexp_full_match(x, '20\d{6}') THEN try_strptime(x, '%Y%m%d')
         WHEN regexp_full_match(x, '\d{1,2}[/.-]\d{1,2}[/.-]\d{4}.*[AaPp][Mm]') THEN half_day_time(upper(reordered(x, day_order)))
         WHEN regexp_full_match(x, '\d{1,2}[/.-]\d{1,2}[/.-]\d{4}( .*)?') THEN try_cast(reordered(x, day_order) AS TIMESTAMP)
         WHEN regexp_full_match(x, '\d{4}.*[AaPp][Mm]') THEN half_day_time(upper(unhanned(x)))
         WHEN regexp_full_match(x, '\d{4}[-/.年].*') THEN try_cast(unhanned(x) AS TIMESTAMP) END;
CREATE MACRO time_value(x, day_order) AS
    CASE WHEN regexp_full_match(x, '\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?') THEN try_cast(x AS TIMESTAMP)
         ELSE time_slow(x, day_order) END;
CREATE MACRO local_time_value(x, day_order) AS time_value(x, day_order);
CREATE MACRO date_value(x, day_order) AS
    CASE WHEN x >= '0' AND x < ':' AND x LIKE '____-__-__' THEN try_cast(x AS DATE)
         ELSE CAST(time_value(x, day_order) AS DATE) END;

-- Instants. A stated offset wins; bare times are read in `zone`.
CREATE MACRO states_zone(x) AS
    regexp_full_match(x, '.*\d(Z| ?UTC|[+-]\d{2}(:?\d{2})?)') AND contains(x, ':') OR regexp_full_match(x, '1\d{9}|1\d{12}');
CREATE MACRO instant_value(x, day_order, zone) AS
    CASE WHEN states_zone(x) THEN
             CASE WHEN regexp_full_match(x, '1\d{9}') THEN to_timestamp(CAST(x AS BIGINT))
                  WHEN regexp_full_match(x, '1\d{12}') THEN to_timestamp(CAST(x AS BIGINT) / 1000.0)
                  ELSE try_cast(replace(x, ' UTC', '+00') AS TIMESTAMPTZ) END
         ELSE timezone(zone, time_value(x, day_order)) END;

CREATE MACRO yes_no_value(x) AS
    CASE WHEN lower(x) IN ('yes', 'true', 'y', '1', '是') THEN true
         WHEN lower(x) IN ('no', 'false', 'n', '0', '否') THEN false END;

-- Words that stand for one of a few values; matched without case, spaces and dashes.
CREATE MACRO word(x) AS lower(regexp_replace(x, '[\s_-]', '', 'g'));
CREATE MACRO content_type_value(x) AS
    CASE WHEN word(x) IN ('video', 'videos', 'shoppablevideo', 'shortvideo', '视频', '短视频', '带货视频', 'carousel', 'photo') THEN 'video'
         WHEN word(x) IN ('live', 'lives', 'livestream', 'livestreams', 'livestreaming', 'prelive', '直播', '预告直播') THEN 'live'
         WHEN word(x) IN ('productcard', 'productcards', '商品卡') THEN 'product_card'
         WHEN word(x) IN ('showcase', 'shop', 'store', '橱窗', '店铺', '商品橱窗') THEN 'showcase'
         ELSE 'other' END;
CREATE MACRO channel_value(x) AS
    CASE WHEN word(x) IN ('tiktok', 'tt', 'tiktokshop', 'douyin', '抖音') THEN 'tiktok'
         WHEN word(x) IN ('instagram', 'ig', 'reels') THEN 'instagram'
         WHEN word(x) IN ('youtube', 'yt', 'shorts') THEN 'youtube'
         ELSE 'other' END;
CREATE MACRO traffic_source_value(x) AS
    CASE WHEN word(x) IN ('organic', 'natural', '自然', '自然流量') THEN 'organic'
         WHEN word(x) IN ('ads', 'ad', 'paid', '广告', '付费', '投流') THEN 'ads' END;
CREATE MACRO gender_value(x) AS
    CASE WHEN word(x) IN ('female', 'f', 'women', '女', '女性') THEN 'female'
         WHEN word(x) IN ('male', 'm', 'men', '男', '男性') THEN 'male'
         ELSE word(x) END;
CREATE MACRO device_value(x) AS word(x);
CREATE MACRO age_value(x) AS replace(replace(x, ' ', ''), '–', '-');
CREATE MACRO hour_value(x) AS
    CASE WHEN try_cast(regexp_extract(x, '^(\d{1,2})(:00|时|点)?$', 1) AS TINYINT) BETWEEN 0 AND 23
         THEN try_cast(regexp_extract(x, '^(\d{1,2})(:00|时|点)?$', 1) AS TINYINT) END;
CREATE MACRO weekday_value(x) AS CAST(
    CASE WHEN regexp_full_match(x, '[1-7]') THEN CAST(x AS TINYINT)
         WHEN word(x)[:3] IN ('mon', '周一', '星期一') THEN 1 WHEN word(x)[:3] IN ('tue', '周二', '星期二') THEN 2
         WHEN word(x)[:3] IN ('wed', '周三', '星期三') THEN 3 WHEN word(x)[:3] IN ('thu', '周四', '星期四') THEN 4
         WHEN word(x)[:3] IN ('fri', '周五', '星期五') THEN 5 WHEN word(x)[:3] IN ('sat', '周六', '星期六') THEN 6
         WHEN word(x)[:3] IN ('sun', '周日', '周天', '星期日', '星期天') THEN 7 END AS TINYINT);
CREATE MACRO event_kind_value(x) AS
    CASE WHEN word(x) IN ('impression', 'impressions', 'exposure', '曝光') THEN 'impression'
         WHEN word(x) IN ('play', 'view', 'videoview', '播放') THEN 'play'
         WHEN word(x) IN ('complete', 'completion', '完播') THEN 'complete'
         WHEN word(x) IN ('click', 'clicks', '点击') THEN 'click'
         WHEN word(x) IN ('addtocart', 'cart', 'atc', '加购') THEN 'add_to_cart'
         WHEN word(x) IN ('order', 'purchase', '下单', '成交') THEN 'order'
         WHEN word(x) IN ('refund', '退款') THEN 'refund' END;
CREATE MACRO category_slow(x) AS
    nullif(array_to_string(list_filter(
        [trim(regexp_replace(name, '\s+', ' ', 'g')) FOR name IN regexp_split_to_array(x, '\s*[>›»]\s*|/\s|\s/')], lambda name: name <> ''), ' > '), '');
CREATE MACRO category_value(x) AS
    CASE WHEN regexp_full_match(x, '[!-.0-=?-~]+( (> )?[!-.0-=?-~]+)*') THEN x
         ELSE list_transform([CASE WHEN regexp_matches(x, '\s\s|[›»/]|[^ ]>|>[^ ]|^>|>$') THEN category_slow(x) ELSE x END],
                             lambda path: in_english(path))[1] END;

-- `2026-09-28-2026-09-29`, `2026-09-28 ~ 2026-09-29`, one day, or an ISO week such as `2026-W42`:
-- the first day and the last day as texts.
CREATE MACRO week_start(x) AS try_strptime(regexp_extract(x, '^20\d{2}-?W\d{2}$', 0)[:4] || '-W' || x[-2:] || '-1', '%G-W%V-%u');
CREATE MACRO range_start(x) AS
    coalesce(nullif(regexp_extract(x, '^(20\d{2}[-/.]\d{1,2}[-/.]\d{1,2})(?:[^0-9]|$)', 1), ''),
             strftime(week_start(x), '%Y-%m-%d'));
CREATE MACRO range_end(x) AS
    coalesce(nullif(regexp_extract(x, '(?:^|[^0-9])(20\d{2}[-/.]\d{1,2}[-/.]\d{1,2})$', 1), ''),
             strftime(week_start(x) + INTERVAL 6 DAY, '%Y-%m-%d'));

CREATE MACRO definition_value(x) AS
    CASE WHEN word(x) IN ('productimpressions', '商品曝光', '') THEN 'product_impressions'
         WHEN word(x) IN ('videoviews', 'views', '播放量') THEN 'video_views'
         WHEN word(x) IN ('liveviews') THEN 'live_views'
         WHEN word(x) IN ('uniqueproductimpressions') THEN 'unique_product_impressions'
         WHEN word(x) IN ('shoptabimpressions') THEN 'shop_tab_impressions' END;
